"""A store of aggregates in InfluxDB, 2.x or 1.8."""
