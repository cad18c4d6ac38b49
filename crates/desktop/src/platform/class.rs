//! What desktops know the window by, to put it under the program's entry in the menu and into one group with others of
//! it. Not here: that entry.

use eframe::WindowBuilderHook;
use egui::ViewportBuilder;

#[cfg(target_os = "linux")]
use super::linux as system;

/// Other systems know a window by its program.
#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) fn names_windows_itself() -> bool {
        true
    }
}

/// The name of the program's entry in the menu.
pub(crate) const CLASS: &str = "papo";

/// Names the window, unless it gets the same name without being told, and a better one: of a window on X11 that is told its
/// class, the library leaves the instance empty, which some desktops look at as well.
pub(crate) fn hook() -> WindowBuilderHook {
    Box::new(|window| ViewportBuilder {
        app_id: (!system::names_windows_itself()).then(|| CLASS.to_owned()),
        ..window
    })
}
