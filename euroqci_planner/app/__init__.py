"""The sentence: the one door for both faces and the order of the verbs."""
