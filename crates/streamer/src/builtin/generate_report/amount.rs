//! A number of the column that is summed up.

use dynamorm::{Decimal, codec::DecimalError};

/// Reads a number, exactly.
///
/// # Errors
/// Why it is none, without showing it.
pub(super) fn parse_amount(text: &str, column: &str) -> Result<Decimal, String> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(format!("`{column}` is empty"));
    }
    text.parse().map_err(|error| match error {
        DecimalError::Invalid => format!("`{column}` is no number"),
        error => format!("`{column}` is a number that cannot be summed up: {error}"),
    })
}
