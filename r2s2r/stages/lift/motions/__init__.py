"""How an entity moves by itself: followed through the clip, or baked from its file."""
