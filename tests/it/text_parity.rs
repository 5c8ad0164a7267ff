//! Every text of the built-in library says the same in both languages, as far as form tells.

use mekiki::app::library::Library;
use mekiki::app::library::parity::text_parity;

#[test]
fn both_languages_have_the_same_parameters_numbers_and_modality() {
    let library = Library::open(None).unwrap();
    let found: Vec<_> = text_parity(&library)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_number_that_is_lost_is_found_with_file_and_field() {
    let mut library = Library::open(None).unwrap();
    let clause = library.clauses.values_mut().next().unwrap();
    let id = clause.id.clone();
    clause.text.en.push_str(" Within 99 days.");
    let found = text_parity(&library);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].file, Some(format!("clauses/{id}.toml")));
    assert_eq!(found[0].at.pointer.as_deref(), Some("/text"));
}
