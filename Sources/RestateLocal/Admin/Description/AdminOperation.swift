/// A method at a path of the admin API: what it takes, and how it answers.
struct AdminOperation: Sendable {
    let method: AdminMethod
    let id: String
    let summary: String
    var query: [AdminParameter] = []
    /// The schema of the body; nil if none is read.
    var body: SchemaName?
    /// The answers to requests that succeed.
    var answers: [AdminAnswer] = []
    /// The statuses of errors, besides those that every request may get.
    var refusals: [Int] = []
    var isDeprecated = false

    init(
        _ method: AdminMethod, _ id: String, _ summary: String, query: [AdminParameter] = [],
        body: SchemaName? = nil, _ answers: [AdminAnswer], refusals: [Int] = [],
        isDeprecated: Bool = false
    ) {
        self.method = method
        self.id = id
        self.summary = summary
        self.query = query
        self.body = body
        self.answers = answers
        self.refusals = refusals
        self.isDeprecated = isDeprecated
    }
}

/// A status and the schema of its body.
struct AdminAnswer: Sendable {
    let status: Int
    let note: String
    /// The schema is nil if the answer has no body.
    let schema: SchemaName?
    /// Another content type, for clients that do not ask for JSON.
    var otherType: String?

    static func json(
        _ schema: SchemaName, _ note: String, status: Int = 200
    ) -> AdminAnswer {
        AdminAnswer(status: status, note: note, schema: schema)
    }

    static func empty(_ status: Int, _ note: String) -> AdminAnswer {
        AdminAnswer(status: status, note: note, schema: nil)
    }
}

/// A parameter in the path or in the query.
struct AdminParameter: Sendable {
    let name: String
    let schema: Schema
    let note: String

    init(_ name: String, _ schema: Schema, _ note: String) {
        self.name = name
        self.schema = schema
        self.note = note
    }

    static let deploymentNote =
        "latest, keep (the one it ran on), or a deployment's id"

    static let force = AdminParameter(
        "force", .flag, "Must be true: nothing waits until nobody uses the deployment any more")
    static let mode = AdminParameter(
        "mode", .words(["Cancel", "cancel", "Kill", "kill", "Purge", "purge"]),
        "What is done (cancel)")
    static let deployment = AdminParameter("deployment", .text, deploymentNote)
    static let from = AdminParameter(
        "from", .integer(0, Int(UInt32.max)),
        "The index of the last entry of the journal that is kept (0: the input alone)")

    /// Describes a name in a path.
    static func inPath(_ name: Substring) -> AdminParameter {
        AdminParameter(String(name), .text, notes[name] ?? "")
    }

    private static let notes: [Substring: String] = [
        "deployment": "The id of a deployment, dp_…",
        "service": "The name of a service",
        "handler": "The name of a handler",
        "invocation_id": "The id of an invocation, inv_…",
        "subscription": "The id of a subscription, sub_…",
        "cluster": "The name of a Kafka cluster",
    ]
}
