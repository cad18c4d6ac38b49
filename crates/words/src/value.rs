//! What a text may be given: text or a number. Not here: how a language writes either.

use std::borrow::Cow;
use std::fmt::Display;

use fluent_bundle::FluentValue;

/// An argument of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text, which stands as it is given.
    Text(Cow<'a, str>),
    /// An amount. It is finite.
    Number(f64),
}

impl<'a> Value<'a> {
    /// Whatever can be displayed, as text.
    pub fn shown(shown: &impl Display) -> Self {
        Self::Text(shown.to_string().into())
    }

    /// The value as the catalogue's engine takes it.
    pub(crate) fn fluent(&'a self) -> FluentValue<'a> {
        match self {
            Self::Text(text) => FluentValue::String(Cow::Borrowed(text)),
            Self::Number(number) => (*number).into(),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Value<'_> {
    /// What is no number (an average of nothing) is told as text: an engine of plurals cannot count it.
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Text("–".into()) }
    }
}

/// Whole numbers lose nothing that a person would notice: up to 2⁵³ they are exact.
macro_rules! whole_numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Value<'_> {
            #[expect(clippy::allow_attributes, reason = "some of these conversions lose nothing")]
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "an amount for people")]
            fn from(number: $kind) -> Self {
                Self::Number(number as f64)
            }
        }
    )*};
}

whole_numbers!(u8, u16, u32, u64, usize, i32, i64);
