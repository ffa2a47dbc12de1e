//! One loopback server that simulates Secrets Manager, SSM, STS, the Pod Identity Agent and the Kubernetes API.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

/// The answers of the server, and the recorded calls.
pub(crate) struct World {
    /// `"<region> <operation> <id>"`, or without the id, to an answer, or a list of answers of which the last stays.
    pub(crate) aws: Mutex<BTreeMap<String, Value>>,
    /// Paths of the Kubernetes API to objects.
    pub(crate) kubernetes: Mutex<BTreeMap<String, Value>>,
    /// The answer of the agent; `null` is credentials.
    pub(crate) agent: Mutex<Value>,
    /// The answer of STS; `null` is credentials.
    pub(crate) sts: Mutex<Value>,
    /// The delay of each answer of AWS.
    pub(crate) delay: Mutex<Duration>,
    /// The calls: `"<region> <operation> <id>"`.
    pub(crate) calls: Mutex<Vec<String>>,
}

/// A running server.
pub(crate) struct StandIn {
    pub(crate) url: String,
    pub(crate) world: Arc<World>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StandIn {
    pub(crate) async fn start() -> Self {
        Self::start_on("127.0.0.1:0").await
    }

    /// Starts it on an address.
    pub(crate) async fn start_on(address: &str) -> Self {
        let world = Arc::new(World {
            aws: Mutex::default(),
            kubernetes: Mutex::default(),
            agent: Mutex::new(Value::Null),
            sts: Mutex::new(Value::Null),
            delay: Mutex::default(),
            calls: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&world));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, world, task }
    }

    /// The calls so far, sorted, because they are concurrent.
    pub(crate) fn calls(&self) -> Vec<String> {
        let mut calls = self.world.calls.lock().unwrap().clone();
        calls.sort();
        calls
    }
}

async fn answer(
    State(world): State<Arc<World>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = uri.path();
    if path.starts_with("/agent") {
        return agent(&world, &headers).await;
    }
    if let Some(path) = path.strip_prefix("/k8s") {
        world.calls.lock().unwrap().push(format!("{method} {path}"));
        let mut objects = world.kubernetes.lock().unwrap();
        if let (&Method::PATCH, Some(object)) = (&method, objects.get_mut(path)) {
            let patch: Value = serde_json::from_slice(&body).unwrap();
            for field in ["data", "binaryData"] {
                // A merge patch removes members that are null.
                let members = patch[field].as_object().unwrap().iter();
                let kept = members.filter(|(_, value)| !value.is_null());
                object[field] = kept
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
            }
        }
        let object = objects.get(path).cloned();
        drop(objects);
        return match object {
            Some(object) if object.get("status-code").is_some() => {
                let code = object["status-code"].as_u64().unwrap();
                status(u16::try_from(code).unwrap(), &object)
            }
            Some(object) => status(200, &object),
            None => {
                let text = format!("{path} not found");
                status(
                    404,
                    &json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": text, "reason": "NotFound", "code": 404}),
                )
            }
        };
    }
    if path.starts_with("/sts") {
        return sts(&world, &String::from_utf8_lossy(&body));
    }
    aws(&world, &headers, &serde_json::from_slice(&body).unwrap()).await
}

fn status(code: u16, body: &Value) -> Response<Body> {
    Response::builder()
        .status(code)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

async fn agent(world: &World, headers: &HeaderMap) -> Response<Body> {
    let token = headers["authorization"].to_str().unwrap();
    world.calls.lock().unwrap().push(format!("agent {token}"));
    let answer = next(&mut world.agent.lock().unwrap());
    if let Some(delay) = answer.get("delay").and_then(Value::as_u64) {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    match answer.get("status").and_then(Value::as_u64) {
        Some(code) => Response::builder()
            .status(u16::try_from(code).unwrap())
            .body(Body::from(
                answer["body"]
                    .as_str()
                    .map_or_else(|| answer["body"].to_string(), str::to_owned),
            ))
            .unwrap(),
        None => status(
            200,
            &json!({"AccessKeyId": "AKIDAGENT", "SecretAccessKey": "canary-key", "Token": "canary-session", "AccountId": "111122223333", "Expiration": "2099-01-01T00:00:00Z"}),
        ),
    }
}

fn sts(world: &World, form: &str) -> Response<Body> {
    let field = |name: &str| {
        let value = form
            .split('&')
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        value
            .unwrap_or_default()
            .replace("%3A", ":")
            .replace("%2F", "/")
            .replace("%40", "@")
    };
    let call = format!(
        "sts {} {} {}",
        field("Action"),
        field("RoleArn"),
        field("RoleSessionName")
    );
    world.calls.lock().unwrap().push(call);
    let answer = next(&mut world.sts.lock().unwrap());
    let (code, xml) = match answer.get("error").and_then(Value::as_str) {
        Some(error) => (
            answer["status"].as_u64().unwrap_or(403),
            format!("<ErrorResponse><Error><Type>Sender</Type><Code>{error}</Code><Message>{}</Message></Error></ErrorResponse>", answer["message"].as_str().unwrap_or_default()),
        ),
        None => (
            200,
            "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKIDSTS</AccessKeyId><SecretAccessKey>canary-key</SecretAccessKey><SessionToken>canary-session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>".to_owned(),
        ),
    };
    Response::builder()
        .status(u16::try_from(code).unwrap())
        .header("content-type", "text/xml")
        .header("x-amzn-requestid", "r-sts")
        .body(Body::from(xml))
        .unwrap()
}

/// The next answer.
fn next(slot: &mut Value) -> Value {
    match slot {
        Value::Array(answers) if answers.len() > 1 => answers.remove(0),
        Value::Array(answers) => answers.first().cloned().unwrap_or_default(),
        other => other.clone(),
    }
}

async fn aws(world: &World, headers: &HeaderMap, body: &Value) -> Response<Body> {
    let target = headers["x-amz-target"].to_str().unwrap();
    let operation = target.rsplit('.').next().unwrap();
    let signature = headers["authorization"].to_str().unwrap();
    let scope = signature.split("Credential=").nth(1).unwrap();
    let region = scope.split('/').nth(2).unwrap().to_owned();
    let id = match body["SecretId"].as_str() {
        Some(id) => {
            let part = |name: &str, mark: &str| {
                body[name]
                    .as_str()
                    .map_or_else(String::new, |text| format!("{mark}{text}"))
            };
            format!(
                "{id}{}{}",
                part("VersionId", "@"),
                part("VersionStage", "#")
            )
        }
        None => {
            assert_eq!(body["WithDecryption"], json!(true));
            let names: Vec<_> = body["Names"]
                .as_array()
                .unwrap()
                .iter()
                .map(|name| name.as_str().unwrap())
                .collect();
            names.join(",")
        }
    };
    world
        .calls
        .lock()
        .unwrap()
        .push(format!("{region} {operation} {id}"));
    let delay = *world.delay.lock().unwrap();
    tokio::time::sleep(delay).await;
    let answer = {
        let mut answers = world.aws.lock().unwrap();
        let keys = [
            format!("{region} {operation} {id}"),
            format!("{region} {operation}"),
            operation.to_owned(),
        ];
        let key = keys.into_iter().find(|key| answers.contains_key(key));
        key.map(|key| next(answers.get_mut(&key).unwrap()))
    };
    let parameters = |answers: &Value| get_parameters(&region, body, answers);
    match answer {
        None if operation == "GetParameters" => status(200, &parameters(&Value::Null)),
        None if operation == "GetSecretValue" => {
            let text = format!("value of {}", body["SecretId"].as_str().unwrap());
            status(
                200,
                &json!({"Name": "x", "SecretString": text, "VersionId": "v1"}),
            )
        }
        None => status(200, &json!({"VersionIdsToStages": {"v1": ["AWSCURRENT"]}})),
        Some(answer) => scripted(&answer, parameters).await,
    }
}

/// `{"error", "message", "status"}`, `{"json"}`, `{"text", "version"}`, `{"stages"}`, `{"hang"}`, `{"broken"}`, or parameters.
async fn scripted(answer: &Value, parameters: impl Fn(&Value) -> Value) -> Response<Body> {
    if let Some(error) = answer["error"].as_str() {
        let code = answer["status"].as_u64().unwrap_or(400);
        let message = answer["message"].as_str().unwrap_or("no");
        let mut response = status(
            u16::try_from(code).unwrap(),
            &json!({"__type": error, "message": message}),
        );
        let id = "r-1".parse().unwrap();
        response.headers_mut().insert("x-amzn-requestid", id);
        return response;
    }
    if answer["hang"].as_bool() == Some(true) {
        tokio::time::sleep(Duration::from_mins(5)).await;
    }
    if let Some(text) = answer["broken"].as_str() {
        let (sender, receiver) = tokio::sync::mpsc::channel(2);
        let (length, chunk) = (text.len() + 100, Bytes::from(text.to_owned()));
        tokio::spawn(async move {
            let _ = sender.send(Ok(chunk)).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            let _ = sender.send(Err(std::io::Error::other("cut"))).await;
        });
        let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
        return Response::builder()
            .status(200)
            .header("content-length", length)
            .body(Body::from_stream(stream))
            .unwrap();
    }
    if answer.get("json").is_some() {
        return status(200, &answer["json"]);
    }
    if answer.get("stages").is_some() {
        return status(200, &json!({"VersionIdsToStages": answer["stages"]}));
    }
    if answer.get("text").is_some() || answer.get("binary").is_some() {
        let version = answer["version"].as_str().unwrap_or("v1");
        let mut reply = json!({"Name": "x", "VersionId": version});
        if let Some(text) = answer["text"].as_str() {
            reply["SecretString"] = json!(text);
        }
        if let Some(binary) = answer["binary"].as_str() {
            reply["SecretBinary"] = json!(binary);
        }
        return status(200, &reply);
    }
    status(200, &parameters(&answer["parameters"]))
}

/// Answers by name, in another order than requested; without a table, every name has a value.
fn get_parameters(region: &str, body: &Value, table: &Value) -> Value {
    let (mut parameters, mut invalid) = (Vec::new(), Vec::new());
    for request in body["Names"].as_array().unwrap() {
        let request = request.as_str().unwrap();
        let arn = request.starts_with("arn:");
        let colons = request.matches(':').count();
        let (base, selector) = match request.rsplit_once(':') {
            Some((base, selector)) if !arn || colons > 5 => (base, format!(":{selector}")),
            _ => (request, String::new()),
        };
        let name = if arn {
            format!("/{}", base.split_once(":parameter/").unwrap().1)
        } else {
            base.to_owned()
        };
        let entry = match table {
            Value::Object(table) => match table.get(request) {
                Some(entry) => entry.clone(),
                None => {
                    invalid.push(request.to_owned());
                    continue;
                }
            },
            _ => json!({"value": format!("value of {request}"), "version": 1}),
        };
        let mut parameter = json!({"Name": name, "ARN": format!("arn:aws:ssm:{region}:111122223333:parameter/{}", name.trim_start_matches('/')), "Value": entry["value"], "Version": entry["version"], "Type": "SecureString"});
        if !selector.is_empty() {
            parameter["Selector"] = json!(selector);
        }
        parameters.push(parameter);
    }
    parameters.reverse();
    json!({"Parameters": parameters, "InvalidParameters": invalid})
}
