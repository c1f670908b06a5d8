"""What sources and stores know alike of the servers they speak to."""
