//! The values of a figure.

/// The values of one figure and one side, one a round, in the order of the rounds.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Adds the value of a round.
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The middle of the values; `None` if there are none.
    pub fn median(&self) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let (middle, is_odd) = (sorted.len() / 2, sorted.len() % 2 == 1);
        let upper = *sorted.get(middle)?;
        if is_odd { Some(upper) } else { Some(f64::midpoint(upper, *sorted.get(middle.checked_sub(1)?)?)) }
    }

    /// The least value; infinity if there is none.
    pub fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The greatest value; minus infinity if there is none.
    pub fn greatest(&self) -> f64 {
        self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    /// The ratios to `base`, round by round: both sides of a round met the same machine.
    pub fn ratios(&self, base: &Self) -> Self {
        Self(self.0.iter().zip(&base.0).map(|(value, base)| value / base).collect())
    }
}
