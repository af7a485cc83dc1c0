public import Restate

/// Uploads data. Its key is the upload's id. Whoever asked waits as long as it is quick, and otherwise has the link
/// sent later.
public struct DataUploader: Workflow {
    public static let name = "dataUploader"
    static let url = PromiseKey<String>("url")

    public struct MailRequest: Codable, Sendable {
        public var email: String

        public init(email: String) {
            self.email = email
        }
    }

    let effects: any OutsideEffects
    /// Where the buckets are served.
    let buckets: String

    public init(_ effects: any OutsideEffects, buckets: String) {
        self.effects = effects
        self.buckets = buckets
    }

    func run(_ ctx: WorkflowContext) async throws -> String {
        let (effects, bucket, buckets) = (effects, ctx.newID(), buckets)
        do {
            try await ctx.run("create bucket") {
                try await effects.perform(
                    "buckets", "create", key: bucket, saying: "Created bucket \(bucket)")
            }
            let url = try await ctx.run("upload") {
                try await effects.perform(
                    "buckets", "upload", key: bucket, saying: "Uploaded data to \(bucket)")
                return "\(buckets)/\(bucket)"
            }
            try await ctx.withoutCancellation { try await ctx.resolve(Self.url, with: url) }
            return url
        } catch let error as TerminalError {
            // Who waits for the link learns that it never comes.
            try await ctx.withoutCancellation {
                try await ctx.reject(Self.url, TerminalError(error.message, code: error.code))
            }
            throw error
        }
    }

    func resultAsEmail(_ ctx: SharedWorkflowContext, request: MailRequest) async throws {
        let email = try named(request.email, "email")
        let url = try await ctx.promise(Self.url).value
        let (effects, id) = (effects, ctx.invocationID)
        try await ctx.run("send email") {
            try await effects.perform(
                "mail", "send email", key: id, saying: "Sending email to \(email): \(url)")
        }
    }

    public struct API: HandlerTable {
        public let run = workflow(DataUploader.run)
        public let resultAsEmail = shared(DataUploader.resultAsEmail)

        public init() {}
    }
}
