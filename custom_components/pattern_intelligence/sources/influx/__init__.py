"""A home's past in the InfluxDB that Home Assistant's own integration writes to."""
