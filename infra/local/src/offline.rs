//! A folder's table while no hub runs on it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::EventId;
use jiff::Timestamp;

use crate::clock::HubClock;
use crate::folder::{Folder, Hold};
use crate::hub::{self, HubError};
use crate::pump;
use crate::stack;
use crate::template::Template;
use crate::wire::{Ground, Wire, clients};

/// The table of a folder, held for as long as it is looked at.
pub struct Table {
    ground: Arc<Ground>,
    name: String,
    last_shown: Timestamp,
    in_flight: BTreeSet<EventId>,
    _hold: Hold,
}

/// Why a folder cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// There is nothing to look at.
    #[error("{0} holds no hub")]
    NoHub(PathBuf),
    /// The hub's parts.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// The stream.
    #[error(transparent)]
    Stream(#[from] pump::PumpError),
    /// A file.
    #[error("the data folder failed")]
    Io(#[from] io::Error),
}

impl Table {
    /// Takes hold of a folder that a hub has made.
    pub async fn open(data: &Path) -> Result<Self, OfflineError> {
        if !data.join(hub::TABLE).exists() {
            return Err(OfflineError::NoHub(data.to_owned()));
        }
        let (folder, hold) = Folder::hold(data).map_err(HubError::from)?;
        // Nothing here depends on where the hub answered.
        let template = Template::load(&hub::parameters("http://127.0.0.1", None)).map_err(HubError::from)?;
        let clock = Arc::new(HubClock::open(Arc::clone(&folder), None)?);
        let ground = stack::ground(&folder, &template, clock)?;
        let last_write = ground.engine.last_write().await.map_err(HubError::from)?;
        let last_shown = HubClock::last_shown(&folder, last_write)?;
        let unread = pump::unread::events(&ground, &folder, &template).await?;
        let in_flight = unread.iter().filter_map(|event| event.parse().ok()).collect();
        Ok(Self { ground, name: template.table.name, last_shown, in_flight, _hold: hold })
    }

    /// A client of the table.
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        clients::dynamodb(&Wire::of_operator(Arc::clone(&self.ground)), "operator")
    }

    /// The table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Events of which the stream's readers had yet to hear when the hub stopped; its next start tells them.
    pub fn in_flight(&self) -> &BTreeSet<EventId> {
        &self.in_flight
    }

    /// The last time that the folder's hub showed.
    pub fn last_shown(&self) -> Timestamp {
        self.last_shown
    }
}
