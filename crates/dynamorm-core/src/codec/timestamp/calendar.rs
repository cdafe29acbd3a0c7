//! The Gregorian calendar, by the algorithms of <https://howardhinnant.github.io/date_algorithms.html>.

const SECONDS_PER_DAY: i64 = 86_400;

/// The calendar repeats after 400 years.
const DAYS_PER_ERA: i64 = 146_097;

/// From the first day of an era, 1 March of the year 0, to 1 January 1970.
const EPOCH_IN_ERAS: i64 = 719_468;

/// A date and time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CivilTime {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
}

impl CivilTime {
    /// The date and time of a second in the years 0 to 9999.
    pub(super) fn from_unix_seconds(seconds: i64) -> Self {
        let days = seconds.div_euclid(SECONDS_PER_DAY) + EPOCH_IN_ERAS;
        let second = seconds.rem_euclid(SECONDS_PER_DAY) as u32;
        let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA) as u32);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Years begin in March here, so that the leap day is the last: months are 31, 30, 31, 30, 31 days in turn.
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Self {
            year: (era as u32) * 400 + year_of_era + u32::from(month <= 2),
            month,
            day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// The second since 1970, or nothing if there is no such date or time.
    pub(super) fn to_unix_seconds(self) -> Option<i64> {
        if !(1..=12).contains(&self.month)
            || !(1..=self.days_in_month()).contains(&self.day)
            || self.hour > 23
            || self.minute > 59
            || self.second > 59
        {
            return None;
        }
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let month_from_march = i64::from((self.month + 9) % 12);
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * DAYS_PER_ERA + day_of_era - EPOCH_IN_ERAS;
        let second_of_day = self.hour * 3600 + self.minute * 60 + self.second;
        Some(days * SECONDS_PER_DAY + i64::from(second_of_day))
    }

    fn days_in_month(self) -> u32 {
        let is_leap =
            self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        match self.month {
            2 => 28 + u32::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}
