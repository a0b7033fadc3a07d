"""From detections to secret key."""
