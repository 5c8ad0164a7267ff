//! Progress over many files, on standard error and on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts files; silent for a single one, and where nobody looks.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn of(files: usize) -> Self {
        if files < 2 {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::new(files as u64).with_style(style))
    }

    pub(super) fn advance(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A count that goes up, on a terminal only.
pub(super) struct Counter(ProgressBar);

impl Counter {
    pub(super) fn new(what: &str) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg} {pos}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner().with_style(style);
        bar.set_message(what.to_owned());
        Self(bar)
    }

    pub(super) fn set(&self, count: u64) {
        self.0.set_position(count);
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// One line that names the step that is taken, on a terminal only.
pub(super) struct Steps(ProgressBar);

impl Steps {
    pub(super) fn new(is_shown: bool) -> Self {
        if !is_shown {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        Self(ProgressBar::new_spinner().with_style(style))
    }

    pub(super) fn step(&self, what: String) {
        self.0.set_message(what);
        self.0.tick();
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.finish();
    }
}
