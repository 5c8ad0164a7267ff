//! Forms of bundles and trusted roots that clients write and that must be accepted.
