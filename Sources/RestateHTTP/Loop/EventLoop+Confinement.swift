package import Primitives

extension LoopTimer: ConfinedTimer {}

extension EventLoop: Confinement {
    package func timer(
        after delay: Duration, _ body: @escaping () -> Void
    ) -> any ConfinedTimer {
        schedule(after: delay, body)
    }
}
