//! What a hub that has stopped had yet to read: work that its next start goes on with.

use std::collections::BTreeSet;

use crate::folder::Folder;
use crate::template::Template;
use crate::wire::Ground;

use super::{PumpError, READ_MAX, checkpoint};

/// Identifiers of the events that unread records of the stream are about.
pub async fn events(ground: &Ground, folder: &Folder, template: &Template) -> Result<BTreeSet<String>, PumpError> {
    let mut events = BTreeSet::new();
    for function in template.functions.iter().filter(|function| !function.streams.is_empty()) {
        let mut position = folder.marked(&checkpoint(&function.name))?;
        loop {
            let records = ground.engine.records(position, READ_MAX).await?;
            let Some(last) = records.last() else { break };
            let keys = records.iter().map(|record| &record.outline()["dynamodb"]["Keys"]);
            // A ledger's partition is its event's, a registration's sort key ends with it.
            let ends = keys.filter_map(|keys| {
                let (partition, sort) = (keys["PK"]["S"].as_str()?, keys["SK"]["S"].as_str()?);
                partition.strip_prefix("E#").or_else(|| sort.strip_prefix("R#")?.split('#').next_back())
            });
            events.extend(ends.map(str::to_owned));
            position = Some(last.sequence_number().to_owned());
        }
    }
    Ok(events)
}
