"""What a spec alone cannot know: whether names exist, times lie in the shot, and turns are unambiguous."""
