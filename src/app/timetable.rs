//! The timetable of a tender, at whatever stage its file is.

use super::Refused;
use super::library::Library;
use crate::evidence::Evidence;
use crate::tender::Tender;
use crate::tender::parse::read_at_its_stage;
use crate::tender::timetable::TimetableView;
use crate::time::Date;

/// Reads a tender file with bids or without, and nothing beside it. Says whether it holds bids.
///
/// # Errors
///
/// Every fault of the file.
pub fn read_tender_file(library: &Library, file: &Evidence) -> Result<(Tender, bool), Refused> {
    Ok(read_at_its_stage(
        file,
        &library.procedures,
        &library.catalog.vocabulary,
    )?)
}

/// Shows the timetable of a tender file as of a day.
///
/// # Errors
///
/// Every fault of the file.
pub fn timetable(
    library: &Library,
    file: &Evidence,
    as_of: Date,
) -> Result<TimetableView, Refused> {
    let (tender, _) = read_tender_file(library, file)?;
    let mut view = TimetableView::new(&tender, as_of);
    for remark in &mut view.remarks {
        remark.file = Some(file.path.clone());
    }
    Ok(view)
}
