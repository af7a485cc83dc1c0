public import Foundation
internal import Nexus
internal import NexusOperations
internal import RestateClient

/// Puts a shop under load, and looks whether its books are right.
///
/// ```swift
/// let report = try await LoadTest(plan) { print($0) }.run(at: site, named: "http://localhost:8080")
/// print(report.text)
/// ```
public struct LoadTest: Sendable {
    private let plan: LoadPlan
    private let tell: @Sendable (String) -> Void

    /// - Parameter tell: told a line about thirty times while it runs.
    public init(_ plan: LoadPlan, tell: @escaping @Sendable (String) -> Void) {
        self.plan = plan
        self.tell = tell
    }

    /// Against a server where Nexus is registered. Nothing is killed.
    public func run(at site: LoadSite, named target: String) async throws -> LoadReport {
        try await run(at: site, named: target, stage: nil)
    }

    /// Starts runtime, endpoint and gateway as children, and kills them as the plan says.
    ///
    /// - Parameters:
    ///   - executable: the program `nexus`.
    ///   - folder: for the children's books and logs. It should be empty.
    /// - Throws: `CancellationError` if its task is cancelled; the children are gone then, too.
    public func runLocally(executable: String, folder: URL) async throws -> LoadReport {
        let stage = try await LoadStage(executable, plan, folder: folder)
        do {
            try await stage.open()
            let report = try await run(at: stage.site, named: "Nexus on this machine", stage: stage)
            await stage.close()
            return report
        } catch {
            await stage.close()
            throw error
        }
    }

    private func run(
        at site: LoadSite, named target: String, stage: LoadStage?
    ) async throws -> LoadReport {
        let before = try await site.before()
        let record = LoadRecord()
        let began = Date().ISO8601Format()
        let start = ContinuousClock.now
        let progress = Task { await tellProgress(since: start, record) }
        defer { progress.cancel() }
        let run = String(UInt32.random(in: 0 ... .max), radix: 36)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<plan.users {
                let user = VirtualUser(number: number, plan: plan, client: site.client, run: run)
                group.addTask { await user.act(from: start, record) }
            }
            if let stage {
                group.addTask { try await kill(stage, since: start, record) }
            }
            try await group.waitForAll()
        }
        // Bookings that were broken off say nothing.
        try Task.checkCancellation()
        progress.cancel()
        try await stage?.settle()
        let evidence = try await site.evidence(since: before, seats: House.numbered(plan.seats))
        let samples = await record.samples
        return LoadReport(
            plan, target: target, samples, kills: await record.kills,
            invariants: LoadInvariant.all(samples, evidence), began: began)
    }

    private func kill(
        _ stage: LoadStage, since start: ContinuousClock.Instant, _ record: LoadRecord
    ) async throws {
        for kill in plan.kills?.kills(within: plan.duration) ?? [] {
            try await Task.sleep(until: start + kill.moment, clock: .continuous)
            await record.add(kill.part, at: (ContinuousClock.now - start).inSeconds)
            try await stage.kill(kill.part)
        }
    }

    private func tellProgress(since start: ContinuousClock.Instant, _ record: LoadRecord) async {
        let pause = max(.seconds(1), plan.duration / 30)
        var next = start + pause
        while (try? await Task.sleep(until: next, clock: .continuous)) != nil {
            next += pause
            let moment = ContinuousClock.now - start
            let samples = await record.samples
            let figures = LatencyFigures(samples.map(\.latency))
            let errors = samples.count { if case .error = $0.answer { true } else { false } }
            let kills = await record.kills.count
            let parts = [
                "\(Int(moment.inSeconds)) s", "\(plan.arrivals.present(at: moment)) users",
                "\(samples.count) answers",
                "\((Double(samples.count) / moment.inSeconds).asRate) a second",
                figures.map { "95 % in \($0.p95.asTime)" } ?? "none yet",
                "\(samples.count(where: \.isConfirmed)) confirmed", "\(errors) errors",
            ]
            tell((parts + (kills > 0 ? ["\(kills) kills"] : [])).joined(separator: ", "))
        }
    }
}
