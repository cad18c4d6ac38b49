//! The heights of the rows of a long list: where a row begins and which row is at a place, without adding up
//! all rows before it. A sum tree (Fenwick, "A new data structure for cumulative frequency tables", 1994).
//! Not here: rows, and scrolling.

/// The heights of rows, in points. Every step takes time in proportion to the logarithm of their number.
#[derive(Clone, Debug, Default)]
pub struct Heights {
    /// At index `i - 1`: the sum over the rows that end with row `i - 1`, as many as the lowest bit of `i` says.
    sums: Vec<f64>,
    heights: Vec<f32>,
}

impl Heights {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.heights.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.heights.is_empty()
    }

    /// The height of a row; 0 if there is no such row.
    pub fn get(&self, row: usize) -> f32 {
        self.heights.get(row).copied().unwrap_or_default()
    }

    /// Adds a row at the end.
    pub fn push(&mut self, height: f32) {
        self.heights.push(height);
        let number = self.heights.len();
        let mut sum = f64::from(height);
        let mut covered = 1;
        while covered < lowest_bit(number) {
            sum += self.sums[number - covered - 1];
            covered <<= 1;
        }
        self.sums.push(sum);
    }

    /// Gives a row another height. A row that is not there is none of its business.
    pub fn set(&mut self, row: usize, height: f32) {
        let Some(old) = self.heights.get_mut(row) else { return };
        let change = f64::from(height) - f64::from(*old);
        *old = height;
        let mut number = row + 1;
        while let Some(sum) = self.sums.get_mut(number - 1) {
            *sum += change;
            number += lowest_bit(number);
        }
    }

    /// Where a row begins: the sum of the heights of all rows before it. A row beyond the end begins at the end.
    pub fn before(&self, row: usize) -> f64 {
        let mut number = row.min(self.len());
        let mut sum = 0.0;
        while number > 0 {
            sum += self.sums[number - 1];
            number -= lowest_bit(number);
        }
        sum
    }

    /// The sum of all heights.
    pub fn total(&self) -> f64 {
        self.before(self.len())
    }

    /// The row at this place: the last one that begins at or before it. The first row for a place above all,
    /// the last one for a place below all; 0 where there are no rows.
    pub fn at(&self, place: f64) -> usize {
        let (mut rows, mut rest) = (0, place.max(0.0));
        let mut step = self.len().next_power_of_two();
        while step > 0 {
            if let Some(sum) = self.sums.get(rows + step - 1)
                && *sum <= rest
            {
                rest -= sum;
                rows += step;
            }
            step >>= 1;
        }
        rows.min(self.len().saturating_sub(1))
    }

    /// Takes away the rows from this one on.
    pub fn truncate(&mut self, rows: usize) {
        // A sum covers only rows up to its own.
        self.sums.truncate(rows);
        self.heights.truncate(rows);
    }
}

impl FromIterator<f32> for Heights {
    fn from_iter<T: IntoIterator<Item = f32>>(heights: T) -> Self {
        let mut all = Self::default();
        all.extend(heights);
        all
    }
}

impl Extend<f32> for Heights {
    fn extend<T: IntoIterator<Item = f32>>(&mut self, heights: T) {
        heights.into_iter().for_each(|height| self.push(height));
    }
}

fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Push(f32),
        Set(usize, f32),
        Truncate(usize),
    }

    /// Heights are whole numbers here, so that sums are exact.
    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let height = || (0_u16..300).prop_map(f32::from);
        let step = prop_oneof![
            6 => height().prop_map(Step::Push),
            3 => (0_usize..80, height()).prop_map(|(row, height)| Step::Set(row, height)),
            1 => (0_usize..80).prop_map(Step::Truncate),
        ];
        prop::collection::vec(step, 0..120)
    }

    proptest! {
        #[expect(clippy::float_cmp, reason = "the heights are whole numbers")]
        #[test]
        fn it_does_what_a_list_of_numbers_does(steps in steps(), places in prop::collection::vec(-10_i32..30_000, 20)) {
            let mut heights = Heights::default();
            let mut list: Vec<f32> = Vec::new();
            for step in steps {
                match step {
                    Step::Push(height) => {
                        heights.push(height);
                        list.push(height);
                    }
                    Step::Set(row, height) => {
                        heights.set(row, height);
                        if let Some(old) = list.get_mut(row) {
                            *old = height;
                        }
                    }
                    Step::Truncate(rows) => {
                        heights.truncate(rows);
                        list.truncate(rows);
                    }
                }
            }
            prop_assert_eq!(heights.len(), list.len());
            let mut begins = vec![0.0_f64];
            for (row, height) in list.iter().enumerate() {
                prop_assert_eq!(heights.get(row), *height);
                begins.push(begins[row] + f64::from(*height));
            }
            for (row, begin) in begins.iter().enumerate() {
                prop_assert_eq!(heights.before(row), *begin);
            }
            prop_assert_eq!(heights.total(), begins[list.len()]);
            for place in places.into_iter().map(f64::from) {
                // The first `len` beginnings are the rows'; row 0 also stands for what is above it.
                let expected = begins[..list.len()].iter().rposition(|begin| *begin <= place).unwrap_or(0);
                prop_assert_eq!(heights.at(place), expected, "{}", place);
            }
        }
    }

    #[test]
    fn changes_do_not_add_up_to_an_error() {
        let mut heights: Heights = std::iter::repeat_n(22.5, 50_000).collect();
        for round in 1..20_u16 {
            for row in 0..50_000 {
                heights.set(row, f32::from(round) / 3.0);
            }
        }
        assert!((heights.total() - 50_000.0 * f64::from(19.0_f32 / 3.0)).abs() < 0.01, "{}", heights.total());
        assert_eq!(heights.at(heights.before(31_234) + 1.0), 31_234);
    }
}
