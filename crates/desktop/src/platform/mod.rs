//! What the window has to do with the system around it. Not here: drawing.

pub(crate) mod instance;
pub(crate) mod notify;
