//! What the window has to do with the system around it. Not here: drawing.

pub(crate) mod class;
pub(crate) mod instance;
pub(crate) mod links;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(all(test, target_os = "linux"))]
mod linux_clicks;
pub(crate) mod notify;
