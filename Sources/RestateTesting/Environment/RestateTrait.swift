public import Restate
public import Testing

/// Gives each test its own environment, available as ``TestEnvironment/current``.
///
/// ```swift
/// @Suite(.restate(Endpoint(Counter())))
/// struct CounterTests {
///     @Test func `a new counter begins at zero`() async throws {
///         let restate = try TestEnvironment.current
///         try await #expect(restate.object(Counter.self, "k").get() == 0)
///     }
/// }
/// ```
/// A test also fails if a handler failed and the test did not see the error.
public struct RestateTrait: TestTrait, SuiteTrait, TestScoping {
    public var isRecursive: Bool { true }
    let endpoint: @Sendable () -> Endpoint
    let settings: TestSettings

    public func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // A suite needs no environment itself, only its tests do.
        guard testCase != nil else { return try await function() }
        try await withRestate(endpoint(), settings) { environment in
            try await TestEnvironment.$bound.withValue(environment) { try await function() }
        }
    }
}

extension Trait where Self == RestateTrait {
    /// Runs an endpoint's handlers in each test.
    /// - Parameters:
    ///   - endpoint: makes the endpoint, once for each test.
    ///   - settings: how its handlers are run.
    public static func restate(
        _ endpoint: @autoclosure @escaping @Sendable () -> Endpoint,
        _ settings: TestSettings = TestSettings()
    ) -> Self {
        RestateTrait(endpoint: endpoint, settings: settings)
    }
}

extension TestEnvironment {
    @TaskLocal static var bound: TestEnvironment?

    /// The environment of the current test, if the trait `.restate(…)` made one.
    /// - Throws: ``TestMistake`` if it did not.
    public static var current: TestEnvironment {
        get throws {
            guard let bound else {
                throw TestMistake(
                    description: "This test has no environment: give it the trait "
                        + "'.restate(Endpoint(…))'.")
            }
            return bound
        }
    }
}
