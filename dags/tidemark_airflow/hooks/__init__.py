"""Connection types of the ad platforms."""
