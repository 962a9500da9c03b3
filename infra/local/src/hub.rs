//! A running hub: the whole stack over one data folder, on one port.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::{App, Config, Failure, Parts, Secrets};
use axum::Router;
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use crate::clock::HubClock;
use crate::engine::{Engine, EngineError};
use crate::folder::{Folder, FolderError, Hold};
use crate::front::{self, Front};
use crate::functions::{Deployed, Functions, InvokeError, handler};
use crate::inbox::Inbox;
use crate::issuer::{AUDIENCE, ISSUER, Issuer, IssuerError};
use crate::limits::Limits;
use crate::pump::Pump;
use crate::routes::Routes;
use crate::template::{Function, Template, TemplateError};
use crate::timekeeper::Timekeeper;
use crate::wire::faults::Faults;
use crate::wire::usage::Usage;
use crate::wire::{Denial, Denials, Ground, Wire, clients};
use crate::{keys, template};

/// How long requests under way may take to end when the hub stops.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// How often what has outlived its use is removed.
const CLEANING: Duration = Duration::from_hours(1);
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
    /// A file or the port.
    #[error("the folder or the port cannot be used")]
    Io(#[from] io::Error),
}

impl Hub {
    /// Starts a hub; when this returns, it answers.
    pub async fn start(options: Options) -> Result<Self, HubError> {
        let (folder, hold) = Folder::hold(&options.data)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let template = Template::load(&parameters(&url))?;
        let clock = Arc::new(HubClock::open(Arc::clone(&folder), options.clock)?);
        let issuer = Issuer::open(&folder)?;
        let secrets = keys::open(&folder, issuer.keys())?;
        let ground = ground(&folder, &template, Arc::clone(&clock))?;
        let functions = Arc::new(deploy(&template, &ground, &secrets)?);
        let pumps = pumps(&template, &ground, &functions, &folder)?;
        let timekeeper = Arc::new(Timekeeper {
            clock,
            ground: Arc::clone(&ground),
            functions: Arc::clone(&functions),
            folder,
            pumps: pumps.iter().map(Pump::progress).collect(),
            schedules: schedules(&template.functions),
            moving: Mutex::new(()),
        });
        let tasks = background(pumps, &timekeeper);
        let front = Front {
            routes: Routes::new(&template.functions),
            functions,
            limits: Limits::default(),
            issuer,
            ground: Arc::clone(&ground),
            timekeeper: Arc::clone(&timekeeper),
        };
        let (stop, server) = serve(listener, front::router(Arc::new(front)));
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
        self.timekeeper.functions.event(function, payload).await
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

/// The local values of the template's parameters.
pub(crate) fn parameters(url: &str) -> BTreeMap<String, String> {
    let mail_from = format!("events@{MAIL_DOMAIN}");
    let operator = format!("operator@{MAIL_DOMAIN}");
    let values = [
        ("Stage", "local"),
        ("BaseUrl", url),
        ("Issuer", ISSUER),
        ("Audience", AUDIENCE),
        ("MailDomain", MAIL_DOMAIN),
        ("MailFrom", &mail_from),
        ("OperatorMail", &operator),
    ];
    values.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// The engine and the inbox of a folder, with nothing going wrong and nothing counted yet.
pub(crate) fn ground(folder: &Arc<Folder>, template: &Template, clock: Arc<HubClock>) -> Result<Arc<Ground>, HubError> {
    Ok(Arc::new(Ground {
        engine: Engine::open(&folder.at(TABLE), &template.table)?,
        inbox: Inbox::open(Arc::clone(folder))?,
        faults: Faults::default(),
        usage: Usage::of(template.functions.iter().map(|function| function.name.as_str())),
        denials: Denials::default(),
        clock,
    }))
}

/// Each function of the template, put together as on AWS but for its wire, clock and keys.
fn deploy(template: &Template, ground: &Arc<Ground>, secrets: &Secrets) -> Result<Functions, HubError> {
    let mut deployed = BTreeMap::new();
    for function in &template.functions {
        let wire = Wire::of_function(Arc::clone(ground), &function.name, &function.statements);
        let app = App::new(Parts {
            function: function.name.clone(),
            dynamodb: clients::dynamodb(&wire, &function.name),
            ses: clients::ses(&wire),
            clock: ground.clock.as_app_clock(),
            secrets: secrets.clone(),
            config: Config::from_pairs(&function.environment)?,
        });
        let handler = handler(&function.id, app).ok_or_else(|| HubError::NoCode(function.id.clone()))?;
        deployed.insert(function.name.clone(), Deployed { handler, timeout: function.timeout });
    }
    Ok(Functions::new(Arc::clone(ground), deployed))
}

fn pumps(
    template: &Template,
    ground: &Arc<Ground>,
    functions: &Arc<Functions>,
    folder: &Arc<Folder>,
) -> io::Result<Vec<Pump>> {
    let mappings = template
        .functions
        .iter()
        .flat_map(|function| function.streams.iter().map(move |mapping| (function.name.as_str(), mapping)));
    let pump = |(function, mapping): (&str, &template::StreamMapping)| {
        Pump::new(Arc::clone(ground), Arc::clone(functions), Arc::clone(folder), function, mapping.clone())
    };
    mappings.map(pump).collect()
}

fn schedules(functions: &[Function]) -> Vec<(String, template::Schedule)> {
    let of = |function: &Function| {
        let named = |schedule: &template::Schedule| (function.name.clone(), schedule.clone());
        function.schedules.iter().map(named).collect::<Vec<_>>()
    };
    functions.iter().flat_map(of).collect()
}

/// What goes on without being asked: the pumps, the schedules, the cleaning.
fn background(pumps: Vec<Pump>, timekeeper: &Arc<Timekeeper>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for pump in pumps {
        tasks.spawn(pump.run());
    }
    let ticking = Arc::clone(timekeeper);
    tasks.spawn(async move { ticking.run().await });
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
