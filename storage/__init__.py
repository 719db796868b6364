"""The queries, one file a concern. Together with db.py the only place that knows SQL."""
