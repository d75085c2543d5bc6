//! Runs an image or plain source on dx's own Python runtime.
