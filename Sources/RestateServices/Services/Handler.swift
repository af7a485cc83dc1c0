import Primitives
import RestateMachine
import RestateProtocol

/// A handler is an entry of a handler table. It says how the server and other handlers call the
/// method.
///
/// Entries are classes, because a table finds the name of an entry by its identity. Each option is
/// a method that returns a changed copy:
///
/// ```swift
/// let expire = exclusive(Ticket.expire).ingressPrivate()
/// ```
public final class Handler<S: RestateService, Input: Sendable, Output: Sendable>: Configurable,
    Sendable
{
    /// Joins the method with its service. The result also decodes the input and encodes the output,
    /// because a function around it would add an asynchronous step to every invocation.
    package typealias Body = @Sendable (S, Handler) -> ServedHandler.Body

    package let kind: HandlerKind
    let input: PayloadCodec<Input>
    let output: PayloadCodec<Output>
    package let options: HandlerOptions
    package let place: HandlerPlace
    private let body: Body

    init(
        _ kind: HandlerKind, input: PayloadCodec<Input>, output: PayloadCodec<Output>,
        options: HandlerOptions = HandlerOptions(), place: HandlerPlace,
        body: @escaping Body
    ) {
        self.kind = kind
        self.input = input.chosen(options.format, by: .handler)
        self.output = output.chosen(options.format, by: .handler)
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

/// What a handler may do. On the wire the name is in capitals.
package enum HandlerKind: String, Sendable {
    /// Handlers of a plain service have no kind on the wire.
    case service = ""
    case exclusive = "EXCLUSIVE"
    case shared = "SHARED"
    case workflow = "WORKFLOW"
}

/// An entry without its types, for discovery and dispatch.
package protocol AnyHandler: AnyObject, Sendable {
    var kind: HandlerKind { get }
    var options: HandlerOptions { get }
    var place: HandlerPlace { get }
    var inputDescription: PayloadDescription { get }
    var outputDescription: PayloadDescription { get }
    /// Returns the entry as an endpoint serves it, with the formats and the codec that its service and
    /// the endpoint have chosen.
    func coded(by coding: ValueCoding?) -> any AnyHandler
    /// Returns the body of the handler joined with its service, or nil if the service has another
    /// type.
    func serve(_ service: any RestateService) -> ServedHandler.Body?
}

extension Handler: AnyHandler {
    package var inputDescription: PayloadDescription { input.description }
    package var outputDescription: PayloadDescription { output.description }

    package func coded(by coding: ValueCoding?) -> any AnyHandler {
        guard let coding else { return self }
        return Handler(
            kind, input: input.coded(coding.format, coding.codec),
            output: output.coded(coding.format, coding.codec), options: options, place: place,
            body: body)
    }

    package func serve(_ service: any RestateService) -> ServedHandler.Body? {
        guard let service = service as? S else { return nil }
        return body(service, self)
    }
}

extension Handler {
    /// - Throws: a terminal error that says what is wrong with the input, and where. A retry would
    ///   see the same input.
    func decode(_ attempt: LoopBound<AttemptDriver>) throws -> Input {
        do {
            return try input.decode(attempt.value.machine.input.body)
        } catch {
            let reason =
                if let error = error as? JournalCodecError {
                    "Failed to decode input using journal value codec: \(error.reason) (codec "
                        + "'\(error.codec)')"
                } else {
                    "Failed to deserialize input: \(ErrorText.describe(error))"
                }
            throw attempt.value.rehearsal?.unreadableInput(reason)
                ?? TerminalError(reason, code: 400)
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
