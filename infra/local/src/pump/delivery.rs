//! How one batch is delivered: in order, again where it failed, smaller where nobody says which record is at fault.
//!
//! As Lambda does it (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>): a
//! function reports the first record that failed and everything from there on is delivered again; a batch that fails
//! as a whole is halved, which is not counted as an attempt; a record whose attempts are used up is given up.

use std::time::Duration;

use serde_json::Value;

use crate::engine::Record;

/// The pause before the second attempt; it doubles from there.
const PAUSE_FIRST: Duration = Duration::from_millis(50);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// A batch on its way.
#[derive(Debug)]
pub struct Delivery<'a> {
    /// What has not been confirmed yet.
    rest: &'a [&'a Record],
    /// How many are delivered at once.
    width: usize,
    /// How often the first of the rest has failed.
    failures: u32,
    retries_max: u32,
    pause: Option<Duration>,
}

/// What came of delivering some records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is done.
    Done,
    /// Done up to this one, which failed.
    FailedAt(usize),
    /// Nobody knows how far it came.
    Failed,
}

impl Outcome {
    /// What a function's reply says about the records that it was given.
    pub fn read(reply: &Value, records: &[&Record]) -> Self {
        let named = |failure: &Value| {
            let number = failure["itemIdentifier"].as_str()?;
            records.iter().position(|record| record.sequence_number() == number)
        };
        let failures = reply["batchItemFailures"].as_array().map(Vec::as_slice).unwrap_or_default();
        match failures.iter().map(named).collect::<Option<Vec<usize>>>() {
            Some(failed) => failed.into_iter().min().map_or(Self::Done, Self::FailedAt),
            // A name that is not in the batch is a defect; Lambda takes the batch as failed.
            None => Self::Failed,
        }
    }
}

impl<'a> Delivery<'a> {
    /// A batch whose records are each tried again up to so many times.
    pub fn new(batch: &'a [&'a Record], retries_max: u32) -> Self {
        Self { rest: batch, width: batch.len(), failures: 0, retries_max, pause: None }
    }

    /// What to deliver now; nothing once all is confirmed or given up.
    pub fn next(&self) -> Option<&'a [&'a Record]> {
        (!self.rest.is_empty()).then(|| &self.rest[..self.width])
    }

    /// How long to wait before that.
    pub fn pause(&self) -> Option<Duration> {
        self.pause
    }

    /// Notes what came of it; the record that is given up, if one is.
    pub fn record(&mut self, outcome: Outcome) -> Option<&'a Record> {
        match outcome {
            Outcome::Done => self.confirm(self.width),
            Outcome::FailedAt(0) => return self.fail(),
            Outcome::FailedAt(index) => {
                self.confirm(index);
                return self.fail();
            }
            Outcome::Failed if self.width > 1 => self.width /= 2,
            Outcome::Failed => return self.fail(),
        }
        None
    }

    fn confirm(&mut self, count: usize) {
        self.rest = &self.rest[count..];
        self.width = self.rest.len();
        self.failures = 0;
        self.pause = None;
    }

    /// The first of the rest failed.
    fn fail(&mut self) -> Option<&'a Record> {
        if self.failures == self.retries_max {
            let given_up = self.rest.first().copied();
            self.confirm(1);
            return given_up;
        }
        self.pause = Some(PAUSE_MAX.min(PAUSE_FIRST * 2_u32.saturating_pow(self.failures)));
        self.failures += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn batch(numbers: &[&str]) -> Vec<Record> {
        numbers.iter().map(|number| Record::numbered(number)).collect()
    }

    /// Delivers the batch to a function that answers as told; each delivery, with "!" for a record given up.
    fn deliveries(numbers: &[&str], retries_max: u32, answer: impl Fn(&[String]) -> Outcome) -> Vec<String> {
        let batch = batch(numbers);
        let batch: Vec<&Record> = batch.iter().collect();
        let mut delivery = Delivery::new(&batch, retries_max);
        let mut log = Vec::new();
        while let Some(records) = delivery.next() {
            let numbers: Vec<String> = records.iter().map(|record| record.sequence_number().to_owned()).collect();
            log.push(numbers.join(""));
            if let Some(record) = delivery.record(answer(&numbers)) {
                log.push(format!("!{}", record.sequence_number()));
            }
        }
        log
    }

    #[test]
    fn a_batch_that_works_is_delivered_once() {
        assert_eq!(deliveries(&["a", "b", "c"], 2, |_| Outcome::Done), ["abc"]);
        assert_eq!(deliveries(&[], 2, |_| Outcome::Done), [""; 0]);
    }

    #[test]
    fn everything_from_the_reported_record_on_is_delivered_again() {
        let fails_on_b = |records: &[String]| {
            records.iter().position(|record| record == "b").map_or(Outcome::Done, Outcome::FailedAt)
        };
        assert_eq!(deliveries(&["a", "b", "c"], 2, fails_on_b), ["abc", "bc", "bc", "!b", "c"]);
    }

    #[test]
    fn a_batch_that_fails_as_a_whole_is_halved_until_the_record_is_found() {
        let fails_with_c = |records: &[String]| {
            if records.contains(&"c".to_owned()) { Outcome::Failed } else { Outcome::Done }
        };
        assert_eq!(deliveries(&["a", "b", "c", "d"], 1, fails_with_c), ["abcd", "ab", "cd", "c", "c", "!c", "d"]);
    }

    #[test]
    fn pauses_double_up_to_two_seconds() {
        let record = Record::numbered("a");
        let batch = [&record];
        let mut delivery = Delivery::new(&batch, 8);
        let mut pauses = Vec::new();
        while delivery.next().is_some() {
            delivery.record(Outcome::FailedAt(0));
            pauses.extend(delivery.pause().map(|pause| pause.as_millis()));
        }
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
    }

    #[test]
    fn the_lowest_of_the_reported_records_counts() {
        let batch = batch(&["5", "6", "7"]);
        let batch: Vec<&Record> = batch.iter().collect();
        let reply = |names: &[&str]| {
            let failures: Vec<Value> = names.iter().map(|name| json!({"itemIdentifier": name})).collect();
            Outcome::read(&json!({"batchItemFailures": failures}), &batch)
        };
        assert_eq!(reply(&[]), Outcome::Done);
        assert_eq!(Outcome::read(&Value::Null, &batch), Outcome::Done);
        assert_eq!(reply(&["7", "6"]), Outcome::FailedAt(1));
        assert_eq!(reply(&["6", "1"]), Outcome::Failed, "not in the batch");
    }
}
