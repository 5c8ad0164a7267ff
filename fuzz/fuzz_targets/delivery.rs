#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mekiki_fuzz::run("delivery", bytes));
