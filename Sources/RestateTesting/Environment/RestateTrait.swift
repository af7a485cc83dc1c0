public import Restate
public import Testing

/// Gives each test an environment of its own, which ``TestEnvironment/current`` is.
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
/// A test fails, too, if something failed of which it was not told.
public struct RestateTrait: TestTrait, SuiteTrait, TestScoping {
    public var isRecursive: Bool { true }
    let endpoint: @Sendable () -> Endpoint
    let settings: TestSettings

    public func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // Of a suite only its tests need one.
        guard testCase != nil else { return try await function() }
        try await withRestate(endpoint(), settings) { environment in
            try await TestEnvironment.$bound.withValue(environment) { try await function() }
        }
    }
}

extension Trait where Self == RestateTrait {
    /// Tries an endpoint's handlers out in each test.
    /// - Parameter endpoint: made anew for each test.
    public static func restate(
        _ endpoint: @autoclosure @escaping @Sendable () -> Endpoint,
        _ settings: TestSettings = TestSettings()
    ) -> Self {
        RestateTrait(endpoint: endpoint, settings: settings)
    }
}

extension TestEnvironment {
    @TaskLocal static var bound: TestEnvironment?

    /// The environment of the test that runs, if the trait `.restate(…)` gives it one.
    /// - Throws: ``TestMistake`` if it does not.
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
