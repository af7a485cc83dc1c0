internal import CanonicalJSON
public import Foundation
public import RestateServices

extension RestateAdmin {
    /// Lists invocations, the oldest first.
    ///
    /// ```swift
    /// let slow = try await admin.invocations(
    ///     where: "target_service_name = 'Checkout' AND retry_count > 10", limit: 100)
    /// ```
    /// - Parameters:
    ///   - condition: in SQL, about the columns of the table `sys_invocation`. It becomes a part
    ///     of the query as it is: put no text of other people into it.
    ///   - limit: the most invocations, 1000 by default.
    public func invocations(
        where condition: String = "TRUE", limit: Int = 1000
    ) async throws -> [Invocation] {
        try await query(
            """
            SELECT id, target, target_service_name, target_service_key, target_handler_name, status, \
            created_at, modified_at, retry_count, last_failure, last_failure_error_code, \
            pinned_deployment_id, idempotency_key, completion_result, completion_failure \
            FROM sys_invocation WHERE \(condition) ORDER BY created_at LIMIT \(limit)
            """)
    }

    /// Returns an invocation by its id; nil if the server does not know it.
    public func invocation<Output>(_ id: InvocationID<Output>) async throws -> Invocation? {
        try await invocations(where: "id = \(sqlText(id.rawValue))", limit: 1).first
    }

    /// What a server tells of an invocation.
    public struct Invocation: Sendable {
        /// Says how far an invocation is. Later servers may know more.
        public struct Status: RawRepresentable, Hashable, Decodable, Sendable {
            public let rawValue: String

            public init(rawValue: String) {
                self.rawValue = rawValue
            }

            /// It waits for the moment at which it begins.
            public static let scheduled = Status(rawValue: "scheduled")
            /// It waits for the key of its object.
            public static let pending = Status(rawValue: "pending")
            /// The invocation has what it needs, and waits for a free place to run.
            public static let ready = Status(rawValue: "ready")
            /// An attempt of the invocation is under way.
            public static let running = Status(rawValue: "running")
            /// It waits for the next attempt, because the last one failed.
            public static let backingOff = Status(rawValue: "backing-off")
            /// The invocation waits for a result, a timer or a signal, and no attempt is under way.
            public static let suspended = Status(rawValue: "suspended")
            /// Nothing happens until somebody resumes it: its retries are used up, or it was paused by
            /// hand.
            public static let paused = Status(rawValue: "paused")
            /// The invocation has ended, with a result or a terminal error.
            public static let completed = Status(rawValue: "completed")
        }

        /// The server gave the invocation this id. It stays the same through all attempts.
        public let id: InvocationID<Void>
        /// Service, key and handler, like `Ticket/seat-1/reserve`.
        public let target: String
        /// The service whose handler was called.
        public let service: String
        /// The key of the object or workflow; nil for a plain service.
        public let key: String?
        /// The name of the handler that was called.
        public let handler: String
        /// How far the invocation was when the server answered.
        public let status: Status
        /// The moment at which the server took the call; nil if the server does not tell it.
        public let createdAt: Date?
        /// The moment of the last change of status; nil if the server does not tell it.
        public let modifiedAt: Date?
        /// The attempts of the current run of failures; nil if the server does not tell it.
        public let retryCount: Int?
        /// The text of the error that ended the last failed attempt; nil if none has failed.
        public let lastFailure: String?
        /// The code of the last failure, like `RT0016`.
        public let lastFailureCode: String?
        /// The deployment on which the invocation has begun and goes on; nil before its first attempt.
        public let deploymentID: String?
        /// The idempotency key with which it was called; nil without one.
        public let idempotencyKey: String?
        /// Whether it has ended well; nil if it has not ended.
        public let succeeded: Bool?
        /// The terminal error with which it has ended.
        public let failure: String?
    }
}

extension RestateAdmin.Invocation: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id, target, status
        case service = "target_service_name"
        case key = "target_service_key"
        case handler = "target_handler_name"
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
        case retryCount = "retry_count"
        case lastFailure = "last_failure"
        case lastFailureCode = "last_failure_error_code"
        case deploymentID = "pinned_deployment_id"
        case idempotencyKey = "idempotency_key"
        case result = "completion_result"
        case failure = "completion_failure"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String? {
            try fields.decodeIfPresent(String.self, forKey: key)
        }
        id = InvocationID(try fields.decode(String.self, forKey: .id))
        target = try text(.target) ?? ""
        service = try text(.service) ?? ""
        key = try text(.key)
        handler = try text(.handler) ?? ""
        status = try fields.decode(Status.self, forKey: .status)
        createdAt = try fields.moment(.createdAt)
        modifiedAt = try fields.moment(.modifiedAt)
        retryCount = try fields.decodeIfPresent(Int.self, forKey: .retryCount)
        lastFailure = try text(.lastFailure)
        lastFailureCode = try text(.lastFailureCode)
        deploymentID = try text(.deploymentID)
        idempotencyKey = try text(.idempotencyKey)
        succeeded = try text(.result).map { $0 == "success" }
        failure = try text(.failure)
    }
}
