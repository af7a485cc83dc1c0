internal import CanonicalJSON
public import Foundation
public import Restate

extension RestateAdmin {
    /// Lists invocations, the oldest first.
    ///
    /// ```swift
    /// let slow = try await admin.invocations(
    ///     where: "target_service_name = 'Checkout' AND retry_count > 10", limit: 100)
    /// ```
    /// - Parameter condition: in SQL, about the columns of the table `sys_invocation`. It becomes a part
    ///   of the query as it is: put no text of other people into it.
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
            public static let ready = Status(rawValue: "ready")
            public static let running = Status(rawValue: "running")
            /// It waits for the next attempt, because the last one failed.
            public static let backingOff = Status(rawValue: "backing-off")
            public static let suspended = Status(rawValue: "suspended")
            public static let paused = Status(rawValue: "paused")
            public static let completed = Status(rawValue: "completed")
        }

        public let id: InvocationID<Void>
        /// Service, key and handler, like `Ticket/seat-1/reserve`.
        public let target: String
        public let service: String
        public let key: String?
        public let handler: String
        public let status: Status
        public let createdAt: Date?
        public let modifiedAt: Date?
        /// The attempts of the current run of failures; nil if the server does not tell it.
        public let retryCount: Int?
        public let lastFailure: String?
        /// The code of the last failure, like `RT0016`.
        public let lastFailureCode: String?
        public let deploymentID: String?
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
