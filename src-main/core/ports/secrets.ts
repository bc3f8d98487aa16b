/** Where secrets live. `account` names the secret, as `connection/<id>/password`. */
export interface SecretStore {
  readonly kind: 'persisted' | 'in-memory'
  /** Why secrets are not persisted; null when they are. */
  readonly reason: string | null
  get(account: string): Promise<string | null>
  set(account: string, secret: string): Promise<void>
  delete(account: string): Promise<void>
}
