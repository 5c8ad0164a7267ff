//! Bills of materials written in another format, with word on what the target cannot carry.
