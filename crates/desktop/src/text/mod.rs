//! Text on its way to the screen: letters, order of writing, and styled pieces. Not here: what a text means,
//! which is `papo_client::markup`'s business.

pub mod bidi;
pub mod fonts;
pub mod spans;
pub mod system;
