//! Quality profiles of bills of materials: which elements a standard asks for, as data, and their judgment.
