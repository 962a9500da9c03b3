//! A running hub: the whole stack over one data folder, on one port.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::Failure;
use axum::Router;
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::demo::{self, DemoError};
use crate::engine::EngineError;
use crate::folder::{Folder, FolderError, Hold};
use crate::front;
use crate::functions::InvokeError;
use crate::issuer::{AUDIENCE, CLIENT_ID, ISSUER, IssuerError};
use crate::kms::Kms;
use crate::pump::Pump;
use crate::stack::Stack;
use crate::template::{Template, TemplateError};
use crate::timekeeper::Timekeeper;
use crate::wire::{Denial, Ground, Wire, clients};

/// How long requests under way may take to end when the hub stops.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// How often what has outlived its use is removed.
const CLEANING: Duration = Duration::from_hours(1);
/// Connections that may wait to be taken, as many as the standard library lets.
const BACKLOG: u32 = 1_024;
/// The engine's file.
pub(crate) const TABLE: &str = "table.sqlite";
/// Where mail comes from.
const MAIL_DOMAIN: &str = "hub.example";

/// How to start a hub.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder; made if it is not there.
    pub data: PathBuf,
    /// The port on 127.0.0.1; 0 for any that is free.
    pub port: u16,
    /// Where a clock that is moved by hand shall stand; without it the folder's clock goes on.
    pub clock: Option<Timestamp>,
    /// Whether an empty folder stays empty.
    pub empty: bool,
    /// Whether the local KMS signs certificates, from now on.
    pub kms: bool,
}

/// A hub that runs until it is stopped; dropped, it breaks off like one that is killed.
pub struct Hub {
    url: String,
    table: String,
    ground: Arc<Ground>,
    timekeeper: Arc<Timekeeper>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
    tasks: JoinSet<()>,
    _hold: Hold,
}

/// Why a hub does not start.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The template holds something unknown.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The template has a function without code.
    #[error("the template's function {0} has no code")]
    NoCode(String),
    /// The folder is held, or cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The engine does not open its file.
    #[error("the engine does not start")]
    Engine(#[from] EngineError),
    /// The dev issuer's key.
    #[error("the dev issuer does not start")]
    Issuer(#[from] IssuerError),
    /// A function's settings.
    #[error("a function cannot be put together")]
    Function(#[from] Failure),
    /// The demo year.
    #[error("the demo year cannot be loaded")]
    Demo(#[from] DemoError),
    /// A file or the port.
    #[error("the folder or the port cannot be used")]
    Io(#[from] io::Error),
}

impl Hub {
    /// Starts a hub; when this returns, it answers.
    pub async fn start(options: Options) -> Result<Self, HubError> {
        let (folder, hold) = Folder::hold(&options.data)?;
        let socket = bound(options.port)?;
        let url = format!("http://{}", socket.local_addr()?);
        let kms = Kms::open(&folder, options.kms)?;
        let template = Template::load(&parameters(&url, kms.as_ref()))?;
        if demo::is_wanted(&folder, options.empty)? {
            demo::load(&folder, &template, options.clock).await?;
        }
        let Stack { front, pumps } = Stack::open(&folder, &template, options.clock)?;
        let (ground, timekeeper) = (Arc::clone(&front.ground), Arc::clone(&front.timekeeper));
        let tasks = background(pumps, &timekeeper);
        let (stop, server) = serve(socket.listen(BACKLOG)?, front::router(front));
        Ok(Self { url, table: template.table.name, ground, timekeeper, stop, server, tasks, _hold: hold })
    }

    /// Where it answers, `http://127.0.0.1:8080`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// A client of the table that may do anything, meets no faults and is not counted.
    pub fn operator(&self) -> aws_sdk_dynamodb::Client {
        clients::dynamodb(&Wire::of_operator(Arc::clone(&self.ground)), "operator")
    }

    /// The routes of a function that answers requests.
    pub fn routes(&self, function: &str) -> Option<Router> {
        self.timekeeper.functions.routes(function)
    }

    /// Starts a function with an event.
    pub async fn invoke(&self, function: &str, payload: Value) -> Result<Value, InvokeError> {
        self.timekeeper.functions.event(function, payload.to_string()).await
    }

    /// What functions did that their policies do not allow.
    pub fn denials(&self) -> Vec<Denial> {
        self.ground.denials.all()
    }

    /// Stops: lets the requests under way end, and everything else break off where it is, which loses nothing.
    pub async fn stop(mut self) {
        // If the server has ended by itself there is nobody to tell.
        let _ = self.stop.send(());
        if tokio::time::timeout(LAST_REQUESTS, &mut self.server).await.is_err() {
            self.server.abort();
        }
        self.tasks.shutdown().await;
        if let Err(error) = self.timekeeper.clock.keep() {
            tracing::error!(error = &error as &dyn std::error::Error, "clock not kept");
        }
    }
}

/// A port that is taken and does not answer yet.
fn bound(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // A hub that starts again finds its port although connections of the last one linger.
    socket.set_reuseaddr(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
    Ok(socket)
}

/// The local values of the template's parameters.
pub(crate) fn parameters(url: &str, kms: Option<&Kms>) -> BTreeMap<String, String> {
    let mail_from = format!("events@{MAIL_DOMAIN}");
    let operator = format!("operator@{MAIL_DOMAIN}");
    let values = [
        ("Stage", "local"),
        ("BaseUrl", url),
        ("Issuer", ISSUER),
        ("Audience", AUDIENCE),
        ("ClientId", CLIENT_ID),
        ("MailDomain", MAIL_DOMAIN),
        ("MailFrom", &mail_from),
        ("OperatorMail", &operator),
        ("SigningKeyArn", kms.map_or("", |kms| &kms.arn)),
    ];
    values.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// What goes on without being asked: the pumps, the schedules, what SES says, the cleaning.
fn background(pumps: Vec<Pump>, timekeeper: &Arc<Timekeeper>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for pump in pumps {
        tasks.spawn(pump.run());
    }
    let ticking = Arc::clone(timekeeper);
    tasks.spawn(async move { ticking.run().await });
    let hearing = Arc::clone(timekeeper);
    tasks.spawn(async move { hearing.hear().await });
    let cleaning = Arc::clone(timekeeper);
    tasks.spawn(async move {
        let mut hours = tokio::time::interval(CLEANING);
        loop {
            hours.tick().await;
            if let Err(error) = cleaning.clean().await {
                tracing::error!(error = &error as &dyn std::error::Error, "cleaning failed");
            }
        }
    });
    tasks
}

fn serve(listener: TcpListener, router: Router) -> (oneshot::Sender<()>, JoinHandle<io::Result<()>>) {
    let (stop, stopped) = oneshot::channel();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // A hub that is dropped without being stopped drops the sender, which ends the server as well.
    let server = axum::serve(listener, service).with_graceful_shutdown(async { stopped.await.unwrap_or_default() });
    (stop, tokio::spawn(server.into_future()))
}
