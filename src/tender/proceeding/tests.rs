//! The guards in both directions, the chain against every edit, and walks that look for a way around the order.
