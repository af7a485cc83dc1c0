/// Holds the options of a handler or a service. An option that is not set is taken from the next
/// level: the service, the endpoint, finally the server.
///
/// Applications set options by the methods of ``Configurable``.
public struct HandlerOptions: Sendable {
    package var documentation: String?
    package var metadata: [String: String] = [:]
    package var inactivityTimeout: Duration?
    package var abortTimeout: Duration?
    package var journalRetention: Duration?
    package var idempotencyRetention: Duration?
    package var workflowRetention: Duration?
    package var stateLoading: StateLoading?
    package var ingressPrivate: Bool?
    package var retryPolicy: InvocationRetryPolicy?
    /// Whether the manifest has the schema of the input.
    package var inputSchema: Bool?
    package var onJournalMismatch: JournalMismatchReaction?
    package var explicitCancellation: Bool?
    /// The format of values where a nearer place names none.
    package var format: Format?
    /// The codec of the journal. Handlers do not have this option: it is for a whole service.
    package var codec: ChosenCodec?
    /// Asked in order; the conversions of the handler come first.
    package var terminalErrors: [@Sendable (any Error) -> TerminalError?] = []
    /// Whether an empty output has a content type. Only handlers have this option.
    package var contentTypeIfEmpty = false
    /// The hooks, outermost first.
    package var hooks: [any InvocationHooks] = []

    package init() {}

    /// Returns these options, with those that are not set taken from `others`.
    package func completed(by others: HandlerOptions) -> HandlerOptions {
        var all = self
        all.documentation = documentation ?? others.documentation
        all.metadata.merge(others.metadata) { own, _ in own }
        all.inactivityTimeout = inactivityTimeout ?? others.inactivityTimeout
        all.abortTimeout = abortTimeout ?? others.abortTimeout
        all.journalRetention = journalRetention ?? others.journalRetention
        all.idempotencyRetention = idempotencyRetention ?? others.idempotencyRetention
        all.workflowRetention = workflowRetention ?? others.workflowRetention
        all.stateLoading = stateLoading ?? others.stateLoading
        all.ingressPrivate = ingressPrivate ?? others.ingressPrivate
        all.retryPolicy = retryPolicy?.completed(by: others.retryPolicy) ?? others.retryPolicy
        all.inputSchema = inputSchema ?? others.inputSchema
        all.hooks = others.hooks + hooks
        all.onJournalMismatch = onJournalMismatch ?? others.onJournalMismatch
        all.explicitCancellation = explicitCancellation ?? others.explicitCancellation
        all.terminalErrors += others.terminalErrors
        all.format = format ?? others.format
        all.codec = codec ?? others.codec
        return all
    }
}
