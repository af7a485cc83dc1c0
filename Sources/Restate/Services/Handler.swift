import RestateHTTP
import RestateMachine
import RestateProtocol

/// One entry of a handler table: how the method is called, by the server and by other handlers.
///
/// Entries are classes, because a table finds an entry's name by its identity. Options are
/// methods that give a changed copy:
///
/// ```swift
/// let expire = exclusive(Ticket.expire).ingressPrivate()
/// ```
public final class Handler<S: RestateService, Input: Sendable, Output: Sendable>: Configurable,
    Sendable
{
    /// Joins the method with its service. What comes of it decodes and encodes by itself, because
    /// a function around it would be one more asynchronous step on the way of every invocation.
    typealias Body = @Sendable (S, Handler) -> ServedHandler.Body

    let kind: HandlerKind
    let input: PayloadCodec<Input>
    let output: PayloadCodec<Output>
    let options: HandlerOptions
    let place: HandlerPlace
    private let body: Body

    init(
        _ kind: HandlerKind, input: PayloadCodec<Input>, output: PayloadCodec<Output>,
        options: HandlerOptions = HandlerOptions(), place: HandlerPlace,
        body: @escaping Body
    ) {
        self.kind = kind
        self.input = input
        self.output = output
        self.options = options
        self.place = place
        self.body = body
    }

    public func configured(_ change: (inout HandlerOptions) -> Void) -> Handler {
        with(change)
    }

    func with(
        input: PayloadCodec<Input>? = nil, output: PayloadCodec<Output>? = nil,
        _ change: (inout HandlerOptions) -> Void = { _ in }
    ) -> Handler {
        var options = options
        change(&options)
        return Handler(
            kind, input: input ?? self.input, output: output ?? self.output, options: options,
            place: place, body: body)
    }
}

/// What a handler may do, by its service: on the wire in capitals.
enum HandlerKind: String, Sendable {
    /// A service's handler has no kind on the wire.
    case service = ""
    case exclusive = "EXCLUSIVE"
    case shared = "SHARED"
    case workflow = "WORKFLOW"
}

/// An entry without its types, for discovery and routing.
protocol AnyHandler: AnyObject, Sendable {
    var kind: HandlerKind { get }
    var options: HandlerOptions { get }
    var place: HandlerPlace { get }
    var inputDescription: PayloadDescription { get }
    var outputDescription: PayloadDescription { get }
    /// The handler joined with its service; nil when the service is of another type.
    func serve(_ service: any RestateService) -> ServedHandler.Body?
}

extension Handler: AnyHandler {
    var inputDescription: PayloadDescription { input.description }
    var outputDescription: PayloadDescription { output.description }

    func serve(_ service: any RestateService) -> ServedHandler.Body? {
        guard let service = service as? S else { return nil }
        return body(service, self)
    }
}

extension Handler {
    /// - Throws: a terminal error that says what is wrong with the input, and where: trying again
    ///   would not help.
    func decode(_ attempt: LoopBound<AttemptDriver>) throws -> Input {
        do {
            return try input.decode(attempt.value.machine.input.body)
        } catch {
            throw TerminalError(
                "Failed to deserialize input: \(ErrorText.describe(error))", code: 400)
        }
    }

    func encode(_ value: Output) throws -> [UInt8] {
        do {
            return try output.encode(value)
        } catch {
            throw OperationError("output", at: .handlerEnd, error)
        }
    }
}
