package import Primitives
package import RestateProtocol

extension AttemptDriver {
    /// Begins an attempt. It and its stream belong to `loop`.
    package static func begin(
        _ handler: ServedHandler, _ version: ProtocolVersion, _ stream: any AttemptStream,
        on loop: any Confinement, began: UInt64
    ) -> Task<Void, Never> {
        let attempt = LoopBound(
            AttemptDriver(handler, version, stream, loop, began: began), on: loop)
        return Task(executorPreference: loop) { await attempt.value.serve() }
    }
}
