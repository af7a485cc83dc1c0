import CanonicalJSON
import Restate

/// One small handler for each operation that any handler can do, in the order that was recorded.
///
/// The operations stand in extensions, by subject.
struct Tour: Service {
    func echo(_ ctx: Context, input: JSONValue) async throws -> JSONValue {
        input
    }

    func nothing(_ ctx: Context) async throws {}

    func fail(_ ctx: Context, code: UInt16) async throws {
        throw TerminalError("failed with \(code)", code: code)
    }

    func crash(_ ctx: Context) async throws {
        throw OrdinaryError()
    }

    /// Raw bytes, in and out: nothing is decoded.
    func bytes(_ ctx: Context, input: [UInt8]) async throws -> [UInt8] {
        input + [7]
    }

    struct API: HandlerTable {
        let echo = handler(Tour.echo)
        let nothing = handler(Tour.nothing)
        let fail = handler(Tour.fail)
        let crash = handler(Tour.crash)
            .retryPolicy(
                InvocationRetryPolicy(
                    initialInterval: .milliseconds(20), maxAttempts: 2, onMaxAttempts: .kill))
        let bytes = handler(Tour.bytes).rawInput().rawOutput()

        let sleep = handler(Tour.sleep)
        let twoSleeps = handler(Tour.twoSleeps)
        let race = handler(Tour.race)
        let any = handler(Tour.any)
        let settled = handler(Tour.settled)
        let nested = handler(Tour.nested)
        let timeout = handler(Tour.timeout)

        let runs = handler(Tour.runs)
        let runNothing = handler(Tour.runNothing)
        let runFails = handler(Tour.runFails)

        let callFails = handler(Tour.callFails)
        let callTwice = handler(Tour.callTwice)
        let callWithOptions = handler(Tour.callWithOptions)
        let callBytes = handler(Tour.callBytes)
        let sends = handler(Tour.sends)
        let attachToSent = handler(Tour.attachToSent)
        let attachToFailed = handler(Tour.attachToFailed)
        let cancelChild = handler(Tour.cancelChild)

        let awakeable = handler(Tour.awakeable)
        let awakeableRejected = handler(Tour.awakeableRejected)
        let wake = handler(Tour.wake)
        let refuse = handler(Tour.refuse)
        let waitSignal = handler(Tour.waitSignal)
        let signalChild = handler(Tour.signalChild)
        let signalChildRejected = handler(Tour.signalChildRejected)
        let signalOrTimer = handler(Tour.signalOrTimer)
    }
}

/// An error that says nothing about retries, so the server retries.
struct OrdinaryError: Error, CustomStringConvertible {
    var description = "an ordinary error"
}

/// A terminal error in one line, for handlers that report what they caught.
func told(_ error: TerminalError) -> String {
    "\(error.code) \(error.message)"
}
