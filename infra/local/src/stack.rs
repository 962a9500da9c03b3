//! The parts of a hub over one data folder, put together: engine, inbox, functions, pumps, timekeeper, front door.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use app::{App, Config, IssuerHttp, Limits, Parts, Secrets};
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use axum::Router;
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::clock::HubClock;
use crate::engine::Engine;
use crate::feedback::Feedback;
use crate::folder::Folder;
use crate::front::Front;
use crate::functions::{Deployed, Functions, handler};
use crate::hub::{HubError, TABLE};
use crate::inbox::Inbox;
use crate::issuer::Issuer;
use crate::issuer::provider::Provider;
use crate::keys;
use crate::kms::Kms;
use crate::pump::Pump;
use crate::routes::Routes;
use crate::template::{self, Function, Template};
use crate::timekeeper::Timekeeper;
use crate::wire::faults::Faults;
use crate::wire::issuer::IssuerWire;
use crate::wire::usage::Usage;
use crate::wire::{Denials, Ground, Wire, clients};

/// A hub at rest: whoever opens it lets its pumps run and its front answer.
pub struct Stack {
    /// The front door, and behind it everything else.
    pub front: Arc<Front>,
    /// What carries the stream to the functions that read it.
    pub pumps: Vec<Pump>,
}

impl Stack {
    /// The stack of a folder, its clock set to `clock` if that is given.
    pub fn open(folder: &Arc<Folder>, template: &Template, clock: Option<Timestamp>) -> Result<Self, HubError> {
        let clock = Arc::new(HubClock::open(Arc::clone(folder), clock)?);
        let issuer = Arc::new(Issuer::open(folder, app::is_on_aws())?);
        let base = template.functions.iter().find_map(|function| function.environment.get("BASE_URL"));
        let provider = Provider::new(Arc::clone(&issuer), Arc::clone(&clock), base.map_or("", String::as_str)).routes();
        let secrets = keys::open(folder)?;
        let ground = ground(folder, template, Arc::clone(&clock))?;
        // Off until it is set: on this machine every caller is this machine.
        let limits = Arc::<Limits>::default();
        let functions = Arc::new(deploy(template, &ground, &secrets, &limits, &provider)?);
        let pumps = pumps(template, &ground, &functions, folder)?;
        let timekeeper = Arc::new(Timekeeper {
            clock,
            ground: Arc::clone(&ground),
            functions: Arc::clone(&functions),
            folder: Arc::clone(folder),
            pumps: pumps.iter().map(Pump::progress).collect(),
            schedules: schedules(&template.functions),
            subscribers: subscribers(&template.functions),
            moving: Mutex::new(()),
        });
        let routes = Routes::new(&template.functions);
        let front = Front { routes, functions, limits, issuer, provider, ground, timekeeper };
        Ok(Self { front: Arc::new(front), pumps })
    }
}

/// The engine and the inbox of a folder, with nothing going wrong and nothing counted yet.
pub(crate) fn ground(folder: &Arc<Folder>, template: &Template, clock: Arc<HubClock>) -> Result<Arc<Ground>, HubError> {
    Ok(Arc::new(Ground {
        engine: Engine::open(&folder.at(TABLE), &template.table)?,
        inbox: Inbox::open(Arc::clone(folder))?,
        kms: Kms::open(folder, false)?,
        feedback: Feedback::default(),
        faults: Faults::default(),
        usage: Usage::of(template.functions.iter().map(|function| function.name.as_str())),
        denials: Denials::default(),
        clock,
    }))
}

/// Each function of the template, put together as on AWS but for its wire, clock and keys.
fn deploy(
    template: &Template,
    ground: &Arc<Ground>,
    secrets: &Secrets,
    limits: &Arc<Limits>,
    provider: &Router,
) -> Result<Functions, HubError> {
    let mut deployed = BTreeMap::new();
    for function in &template.functions {
        let wire = Wire::of_function(Arc::clone(ground), &function.name, &function.statements);
        let app = App::new(Parts {
            function: function.name.clone(),
            dynamodb: clients::dynamodb(&wire, &function.name),
            kms: clients::kms(&wire),
            ses: clients::ses(&wire),
            clock: ground.clock.as_app_clock(),
            secrets: secrets.clone(),
            limits: Arc::clone(limits),
            config: Config::from_pairs(&function.environment)?,
            issuer: IssuerHttp::new(SharedHttpConnector::new(IssuerWire::new(provider.clone()))),
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

/// The functions that hear what SES says of mail; the template has one topic.
fn subscribers(functions: &[Function]) -> Vec<String> {
    functions.iter().filter(|function| !function.topics.is_empty()).map(|function| function.name.clone()).collect()
}

fn schedules(functions: &[Function]) -> Vec<(String, template::Schedule)> {
    let of = |function: &Function| {
        let named = |schedule: &template::Schedule| (function.name.clone(), schedule.clone());
        function.schedules.iter().map(named).collect::<Vec<_>>()
    };
    functions.iter().flat_map(of).collect()
}
