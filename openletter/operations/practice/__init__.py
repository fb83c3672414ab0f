"""A letter for moderators to practise with: invented people, and fakes of eight kinds among them.

They come through the same doors as everybody, so that limits, flags and rules judge them as they
would. Who was which can be told afterwards by the same seed; nothing stored says so.
"""
