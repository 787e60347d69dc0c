BEGIN TRANSACTION;
CREATE TABLE absence (
	person_kind TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	from_at BIGINT NOT NULL, 
	until_at BIGINT, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (person_kind, person_id, from_at, believed_from)
);
INSERT INTO "absence" VALUES('client','asta','hospital_unplanned',1741014000000000,NULL,1741014000000000,9223372036854775807,41,42);
INSERT INTO "absence" VALUES('client','asta','hospital_unplanned',1741014000000000,1741338000000000,1741014000000000,1741338000000000,42,9223372036854775807);
INSERT INTO "absence" VALUES('worker','anna','unplanned',1741327200000000,NULL,1741327200000000,9223372036854775807,57,9223372036854775807);
CREATE TABLE acknowledgement (
	subject_kind TEXT NOT NULL, 
	subject_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	code TEXT NOT NULL, 
	reason_codes TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (subject_id, "key", believed_from)
);
INSERT INTO "acknowledgement" VALUES('visit','unplanned-night','UNPLANNED:unplanned-night:in-night','UNPLANNED','["EMERGENCY"]','coordinator/eva',3,0,9223372036854775807,70,9223372036854775807);
CREATE TABLE approval_given (
	visit_id TEXT NOT NULL, 
	role TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	minutes BIGINT NOT NULL, 
	stands BOOLEAN NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (visit_id, role, believed_from)
);
INSERT INTO "approval_given" VALUES('couple','worker','worker/anna',10,104,1,0,9223372036854775807,11,13);
INSERT INTO "approval_given" VALUES('couple','coordinator','coordinator/eva',11,104,1,0,9223372036854775807,12,13);
INSERT INTO "approval_given" VALUES('couple','coordinator','coordinator/eva',11,104,0,0,9223372036854775807,13,15);
INSERT INTO "approval_given" VALUES('couple','coordinator','coordinator/eva',14,89,1,0,9223372036854775807,15,16);
INSERT INTO "approval_given" VALUES('couple','worker','worker/anna',10,104,0,0,9223372036854775807,13,9223372036854775807);
CREATE TABLE attendance (
	visit_id TEXT NOT NULL, 
	attendance_id TEXT NOT NULL, 
	worker_id TEXT NOT NULL, 
	client_ids TEXT NOT NULL, 
	unit_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	arrived_at BIGINT, 
	departed_at BIGINT, 
	arrival_fact_id TEXT, 
	departure_fact_id TEXT, 
	arrival_source TEXT, 
	departure_source TEXT, 
	device_id TEXT NOT NULL, 
	corrected BOOLEAN NOT NULL, 
	delay_s BIGINT NOT NULL, 
	offset_ms BIGINT NOT NULL, 
	jump_ms BIGINT NOT NULL, 
	uncertain BOOLEAN NOT NULL, 
	implausible BOOLEAN NOT NULL, 
	app_newer BOOLEAN NOT NULL, 
	arrival_place TEXT NOT NULL, 
	departure_place TEXT NOT NULL, 
	outside_m BIGINT NOT NULL, 
	arrival_tag_id TEXT NOT NULL, 
	departure_tag_id TEXT NOT NULL, 
	km_from_previous BIGINT, 
	previous_fact_id TEXT, 
	position BIGINT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (visit_id, attendance_id, believed_from)
);
INSERT INTO "attendance" VALUES('couple','in-bo','bo','["asta"]','bracke','planned',1740992700000000,NULL,'in-bo',NULL,'mobile_no_receipt',NULL,'phone-1',0,7300,120,0,0,0,0,'absent','absent',0,'','',NULL,NULL,6,1740992700000000,1741165500000000,6,9);
INSERT INTO "attendance" VALUES('couple','in-anna','anna','["asta","bror"]','bracke','planned',1740992520000000,NULL,'in-anna',NULL,'mobile_no_receipt',NULL,'phone-1',0,7480,120,0,0,0,0,'absent','absent',0,'','',NULL,NULL,5,1740992520000000,1741165320000000,5,10);
INSERT INTO "attendance" VALUES('couple','in-bo','bo','["asta"]','bracke','planned',1740992700000000,1740995400000000,'in-bo','out-bo','mobile_no_receipt','mobile_no_receipt','phone-1',0,7300,120,0,0,0,0,'absent','absent',0,'','',NULL,NULL,9,1740992700000000,1740995400000000,9,13);
INSERT INTO "attendance" VALUES('unplanned-night','out-night','anna','[]','','extra',NULL,1741047600000000,NULL,'out-night',NULL,'mobile_no_receipt','phone-1',0,0,120,0,0,0,0,'absent','absent',0,'','',NULL,NULL,20,1741047600000000,1741047600000000,20,21);
INSERT INTO "attendance" VALUES('couple','in-anna','anna','["asta","bror"]','bracke','planned',1740992520000000,1740996060000000,'in-anna','out-anna','mobile_no_receipt','mobile_no_receipt','phone-1',0,7480,120,0,0,0,0,'absent','absent',0,'','',NULL,NULL,10,1740992520000000,1740996060000000,10,9223372036854775807);
INSERT INTO "attendance" VALUES('couple','in-bo','bo','["asta"]','bracke','planned',1740992700000000,1740994500000000,'in-bo','out-bo','mobile_no_receipt','system_adjusted','phone-1',1,7300,120,0,0,0,0,'absent','absent',0,'','',NULL,NULL,13,1740992700000000,1740994500000000,13,9223372036854775807);
INSERT INTO "attendance" VALUES('unplanned-night','in-night','anna','["bror"]','','extra',1741045200000000,1741047600000000,'in-night','out-night','mobile_no_receipt','mobile_no_receipt','phone-1',0,0,120,0,0,0,0,'absent','absent',0,'','',NULL,NULL,21,1741045200000000,1741047600000000,21,9223372036854775807);
CREATE TABLE audit_entry (
	entity_kind TEXT NOT NULL, 
	entity_id TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	PRIMARY KEY (entity_kind, entity_id, position)
)
 WITHOUT ROWID

;
INSERT INTO "audit_entry" VALUES('client','asta',1);
INSERT INTO "audit_entry" VALUES('client','asta',5);
INSERT INTO "audit_entry" VALUES('client','asta',6);
INSERT INTO "audit_entry" VALUES('client','asta',7);
INSERT INTO "audit_entry" VALUES('client','asta',13);
INSERT INTO "audit_entry" VALUES('client','asta',17);
INSERT INTO "audit_entry" VALUES('client','asta',19);
INSERT INTO "audit_entry" VALUES('client','asta',23);
INSERT INTO "audit_entry" VALUES('client','asta',26);
INSERT INTO "audit_entry" VALUES('client','asta',28);
INSERT INTO "audit_entry" VALUES('client','asta',29);
INSERT INTO "audit_entry" VALUES('client','asta',36);
INSERT INTO "audit_entry" VALUES('client','asta',37);
INSERT INTO "audit_entry" VALUES('client','asta',38);
INSERT INTO "audit_entry" VALUES('client','asta',39);
INSERT INTO "audit_entry" VALUES('client','asta',40);
INSERT INTO "audit_entry" VALUES('client','asta',41);
INSERT INTO "audit_entry" VALUES('client','asta',42);
INSERT INTO "audit_entry" VALUES('client','asta',43);
INSERT INTO "audit_entry" VALUES('client','asta',44);
INSERT INTO "audit_entry" VALUES('client','bror',1);
INSERT INTO "audit_entry" VALUES('client','bror',5);
INSERT INTO "audit_entry" VALUES('client','bror',8);
INSERT INTO "audit_entry" VALUES('client','bror',14);
INSERT INTO "audit_entry" VALUES('client','bror',18);
INSERT INTO "audit_entry" VALUES('client','bror',21);
INSERT INTO "audit_entry" VALUES('client','bror',35);
INSERT INTO "audit_entry" VALUES('device','phone-1',5);
INSERT INTO "audit_entry" VALUES('device','phone-1',6);
INSERT INTO "audit_entry" VALUES('device','phone-1',7);
INSERT INTO "audit_entry" VALUES('device','phone-1',8);
INSERT INTO "audit_entry" VALUES('device','phone-1',9);
INSERT INTO "audit_entry" VALUES('device','phone-1',10);
INSERT INTO "audit_entry" VALUES('device','phone-1',20);
INSERT INTO "audit_entry" VALUES('device','phone-1',21);
INSERT INTO "audit_entry" VALUES('device','phone-1',22);
INSERT INTO "audit_entry" VALUES('device','phone-1',26);
INSERT INTO "audit_entry" VALUES('device','phone-1',50);
INSERT INTO "audit_entry" VALUES('device','phone-1',51);
INSERT INTO "audit_entry" VALUES('device','phone-1',52);
INSERT INTO "audit_entry" VALUES('device','phone-1',53);
INSERT INTO "audit_entry" VALUES('device','phone-1',59);
INSERT INTO "audit_entry" VALUES('device','phone-1',60);
INSERT INTO "audit_entry" VALUES('device','phone-1',61);
INSERT INTO "audit_entry" VALUES('device','phone-1',62);
INSERT INTO "audit_entry" VALUES('device','phone-1',63);
INSERT INTO "audit_entry" VALUES('household','farm',37);
INSERT INTO "audit_entry" VALUES('order','of-asta',28);
INSERT INTO "audit_entry" VALUES('order','of-asta',29);
INSERT INTO "audit_entry" VALUES('order','of-asta',30);
INSERT INTO "audit_entry" VALUES('order','of-asta',31);
INSERT INTO "audit_entry" VALUES('order','of-asta',32);
INSERT INTO "audit_entry" VALUES('order','of-asta',33);
INSERT INTO "audit_entry" VALUES('order','of-asta',34);
INSERT INTO "audit_entry" VALUES('order','of-bror',35);
INSERT INTO "audit_entry" VALUES('organisation','bracke',64);
INSERT INTO "audit_entry" VALUES('organisation','bracke',65);
INSERT INTO "audit_entry" VALUES('organisation','bracke',66);
INSERT INTO "audit_entry" VALUES('organisation','bracke',67);
INSERT INTO "audit_entry" VALUES('organisation','bracke',68);
INSERT INTO "audit_entry" VALUES('organisation','bracke',69);
INSERT INTO "audit_entry" VALUES('period','bracke:2025-03',73);
INSERT INTO "audit_entry" VALUES('period','bracke:2025-03',74);
INSERT INTO "audit_entry" VALUES('period','bracke:2025-03',75);
INSERT INTO "audit_entry" VALUES('period','bracke:2025-03',76);
INSERT INTO "audit_entry" VALUES('period','bracke:2025-03',77);
INSERT INTO "audit_entry" VALUES('person','asta',13);
INSERT INTO "audit_entry" VALUES('person','bror',14);
INSERT INTO "audit_entry" VALUES('person','bror',22);
INSERT INTO "audit_entry" VALUES('person','bror',70);
INSERT INTO "audit_entry" VALUES('provider','municipal',28);
INSERT INTO "audit_entry" VALUES('provider','municipal',35);
INSERT INTO "audit_entry" VALUES('provider','municipal',64);
INSERT INTO "audit_entry" VALUES('provider','municipal',65);
INSERT INTO "audit_entry" VALUES('provider','private',33);
INSERT INTO "audit_entry" VALUES('provider','private',68);
INSERT INTO "audit_entry" VALUES('supervision','first',71);
INSERT INTO "audit_entry" VALUES('supervision','second',72);
INSERT INTO "audit_entry" VALUES('unit','bracke',1);
INSERT INTO "audit_entry" VALUES('unit','bracke',36);
INSERT INTO "audit_entry" VALUES('unit','bracke',46);
INSERT INTO "audit_entry" VALUES('unit','bracke',48);
INSERT INTO "audit_entry" VALUES('unit','bracke',49);
INSERT INTO "audit_entry" VALUES('unit','bracke',59);
INSERT INTO "audit_entry" VALUES('unit','bracke',65);
INSERT INTO "audit_entry" VALUES('unit','bracke',71);
INSERT INTO "audit_entry" VALUES('unit','bracke',72);
INSERT INTO "audit_entry" VALUES('unit','bracke',73);
INSERT INTO "audit_entry" VALUES('unit','bracke',77);
INSERT INTO "audit_entry" VALUES('unit','gallo',23);
INSERT INTO "audit_entry" VALUES('unit','gallo',43);
INSERT INTO "audit_entry" VALUES('unit','gallo',47);
INSERT INTO "audit_entry" VALUES('visit','couple',1);
INSERT INTO "audit_entry" VALUES('visit','couple',2);
INSERT INTO "audit_entry" VALUES('visit','couple',3);
INSERT INTO "audit_entry" VALUES('visit','couple',4);
INSERT INTO "audit_entry" VALUES('visit','couple',5);
INSERT INTO "audit_entry" VALUES('visit','couple',6);
INSERT INTO "audit_entry" VALUES('visit','couple',7);
INSERT INTO "audit_entry" VALUES('visit','couple',8);
INSERT INTO "audit_entry" VALUES('visit','couple',9);
INSERT INTO "audit_entry" VALUES('visit','couple',10);
INSERT INTO "audit_entry" VALUES('visit','couple',11);
INSERT INTO "audit_entry" VALUES('visit','couple',12);
INSERT INTO "audit_entry" VALUES('visit','couple',13);
INSERT INTO "audit_entry" VALUES('visit','couple',14);
INSERT INTO "audit_entry" VALUES('visit','couple',15);
INSERT INTO "audit_entry" VALUES('visit','couple',16);
INSERT INTO "audit_entry" VALUES('visit','couple',17);
INSERT INTO "audit_entry" VALUES('visit','couple',18);
INSERT INTO "audit_entry" VALUES('visit','couple',19);
INSERT INTO "audit_entry" VALUES('visit','in-vain',23);
INSERT INTO "audit_entry" VALUES('visit','in-vain',24);
INSERT INTO "audit_entry" VALUES('visit','in-vain',25);
INSERT INTO "audit_entry" VALUES('visit','in-vain',26);
INSERT INTO "audit_entry" VALUES('visit','in-vain',27);
INSERT INTO "audit_entry" VALUES('visit','unplanned-night',20);
INSERT INTO "audit_entry" VALUES('visit','unplanned-night',21);
INSERT INTO "audit_entry" VALUES('visit','unplanned-night',22);
INSERT INTO "audit_entry" VALUES('visit','unplanned-night',70);
INSERT INTO "audit_entry" VALUES('worker','anna',2);
INSERT INTO "audit_entry" VALUES('worker','anna',5);
INSERT INTO "audit_entry" VALUES('worker','anna',7);
INSERT INTO "audit_entry" VALUES('worker','anna',8);
INSERT INTO "audit_entry" VALUES('worker','anna',10);
INSERT INTO "audit_entry" VALUES('worker','anna',14);
INSERT INTO "audit_entry" VALUES('worker','anna',20);
INSERT INTO "audit_entry" VALUES('worker','anna',21);
INSERT INTO "audit_entry" VALUES('worker','anna',22);
INSERT INTO "audit_entry" VALUES('worker','anna',26);
INSERT INTO "audit_entry" VALUES('worker','anna',44);
INSERT INTO "audit_entry" VALUES('worker','anna',45);
INSERT INTO "audit_entry" VALUES('worker','anna',46);
INSERT INTO "audit_entry" VALUES('worker','anna',47);
INSERT INTO "audit_entry" VALUES('worker','anna',48);
INSERT INTO "audit_entry" VALUES('worker','anna',49);
INSERT INTO "audit_entry" VALUES('worker','anna',50);
INSERT INTO "audit_entry" VALUES('worker','anna',51);
INSERT INTO "audit_entry" VALUES('worker','anna',52);
INSERT INTO "audit_entry" VALUES('worker','anna',53);
INSERT INTO "audit_entry" VALUES('worker','anna',54);
INSERT INTO "audit_entry" VALUES('worker','anna',55);
INSERT INTO "audit_entry" VALUES('worker','anna',56);
INSERT INTO "audit_entry" VALUES('worker','anna',57);
INSERT INTO "audit_entry" VALUES('worker','anna',58);
INSERT INTO "audit_entry" VALUES('worker','anna',59);
INSERT INTO "audit_entry" VALUES('worker','anna',60);
INSERT INTO "audit_entry" VALUES('worker','anna',62);
INSERT INTO "audit_entry" VALUES('worker','anna',63);
INSERT INTO "audit_entry" VALUES('worker','anna',72);
INSERT INTO "audit_entry" VALUES('worker','bo',3);
INSERT INTO "audit_entry" VALUES('worker','bo',6);
INSERT INTO "audit_entry" VALUES('worker','bo',9);
INSERT INTO "audit_entry" VALUES('worker','bo',13);
INSERT INTO "audit_entry" VALUES('worker','bo',24);
INSERT INTO "audit_entry" VALUES('worker','bo',25);
INSERT INTO "audit_entry" VALUES('worker','bo',61);
INSERT INTO "audit_entry" VALUES('worker','bo',72);
INSERT INTO "audit_entry" VALUES('worker','nurse',54);
INSERT INTO "audit_entry" VALUES('worker','therapist',72);
CREATE TABLE care_contact (
	client_id TEXT NOT NULL, 
	worker_id TEXT NOT NULL, 
	from_on TEXT NOT NULL, 
	until_on TEXT, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (client_id, from_on, believed_from)
);
INSERT INTO "care_contact" VALUES('asta','anna','2025-03-03',NULL,1740909600000000,9223372036854775807,44,9223372036854775807);
CREATE TABLE client_month (
	month TEXT NOT NULL, 
	rules TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	performed BLOB NOT NULL, 
	PRIMARY KEY (month, rules, client_id)
);
CREATE TABLE client_month_due (
	month TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (month, client_id)
);
CREATE TABLE client_visit (
	visit_id TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	day TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (visit_id, client_id, day, believed_from)
);
INSERT INTO "client_visit" VALUES('unplanned-night','','2025-03-04',1741046400000000,1741132800000000,20,21);
INSERT INTO "client_visit" VALUES('couple','asta','2025-03-03',1740960000000000,1741046400000000,1,9223372036854775807);
INSERT INTO "client_visit" VALUES('couple','bror','2025-03-03',1740960000000000,1741046400000000,1,9223372036854775807);
INSERT INTO "client_visit" VALUES('unplanned-night','bror','2025-03-03',1740960000000000,1741046400000000,21,9223372036854775807);
INSERT INTO "client_visit" VALUES('unplanned-night','bror','2025-03-04',1741046400000000,1741132800000000,21,9223372036854775807);
INSERT INTO "client_visit" VALUES('in-vain','asta','2025-03-07',1741305600000000,1741392000000000,23,9223372036854775807);
CREATE TABLE delegation (
	worker_id TEXT NOT NULL, 
	service_code TEXT NOT NULL, 
	from_on TEXT NOT NULL, 
	until_on TEXT, 
	delegated_by TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (worker_id, service_code, from_on, believed_from)
);
INSERT INTO "delegation" VALUES('anna','INSULIN','2025-03-03',NULL,'nurse',1740909600000000,9223372036854775807,54,55);
INSERT INTO "delegation" VALUES('anna','INSULIN','2025-03-03','2025-03-07','nurse',1740909600000000,1741348800000000,55,9223372036854775807);
CREATE TABLE device_contact (
	device_id TEXT NOT NULL, 
	worker_id TEXT NOT NULL, 
	heard_at BIGINT NOT NULL, 
	queue_depth BIGINT NOT NULL, 
	app_version TEXT NOT NULL, 
	last_seq BIGINT, 
	offset_ms BIGINT NOT NULL, 
	missing_facts BIGINT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (device_id, worker_id, believed_from)
);
INSERT INTO "device_contact" VALUES('phone-1','anna',1740992400000000,3,'1.0',NULL,0,0,0,9223372036854775807,60,62);
INSERT INTO "device_contact" VALUES('phone-1','bo',1740992760000000,0,'',NULL,0,0,0,9223372036854775807,61,9223372036854775807);
INSERT INTO "device_contact" VALUES('phone-1','anna',1740996300000000,0,'1.0',9,0,0,0,9223372036854775807,62,9223372036854775807);
CREATE TABLE edition_adopted (
	version TEXT NOT NULL, 
	from_on TEXT NOT NULL, 
	until_on TEXT, 
	adoption BIGINT NOT NULL, 
	municipality TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	source_digest TEXT NOT NULL, 
	edition TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (version, from_on, believed_from)
);
INSERT INTO "edition_adopted" VALUES('b-2025','2025-01-01',NULL,1,'Bräcke','Europe/Stockholm','abababababababababababababababababababababababababababababababab','{"version":"b-2025","from":"2025-01-01","policies":{"rates":[{"in_house":"414.80","private":"430"}]},"overrides":[{"for":{"providers":["private"]},"policies":{"declined_share_percent":50}}]}',1735639200000000,9223372036854775807,68,69);
INSERT INTO "edition_adopted" VALUES('b-2025','2025-01-01','2025-03-01',1,'Bräcke','Europe/Stockholm','abababababababababababababababababababababababababababababababab','{"version":"b-2025","from":"2025-01-01","policies":{"rates":[{"in_house":"414.80","private":"430"}]},"overrides":[{"for":{"providers":["private"]},"policies":{"declined_share_percent":50}}]}',1735639200000000,1740830400000000,69,9223372036854775807);
INSERT INTO "edition_adopted" VALUES('b-2025','2025-06-01',NULL,1,'Bräcke','Europe/Stockholm','abababababababababababababababababababababababababababababababab','{"version":"b-2025","from":"2025-01-01","policies":{"rates":[{"in_house":"414.80","private":"430"}]},"overrides":[{"for":{"providers":["private"]},"policies":{"declined_share_percent":50}}]}',1748685600000000,9223372036854775807,69,9223372036854775807);
INSERT INTO "edition_adopted" VALUES('b-2025-spring','2025-03-01','2025-06-01',2,'Bräcke','Europe/Stockholm','','{"version":"b-2025-spring","from":"2025-03-01","until":"2025-06-01"}',1740736800000000,1748779200000000,69,9223372036854775807);
CREATE TABLE excess_approved (
	visit_id TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	is_extra BOOLEAN NOT NULL, 
	minutes BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (visit_id, client_id, is_extra, believed_from)
);
INSERT INTO "excess_approved" VALUES('couple','asta',0,10,'care_manager/kajsa',0,9223372036854775807,17,19);
INSERT INTO "excess_approved" VALUES('couple','bror',1,5,'care_manager/kajsa',0,9223372036854775807,18,9223372036854775807);
INSERT INTO "excess_approved" VALUES('couple','asta',0,15,'care_manager/kajsa',0,9223372036854775807,19,9223372036854775807);
CREATE TABLE indirect_time (
	worker_id TEXT NOT NULL, 
	fact_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	starts_at BIGINT NOT NULL, 
	minutes BIGINT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (worker_id, fact_id, believed_from)
);
INSERT INTO "indirect_time" VALUES('anna','drive','travel',1740998700000000,15,1740998700000000,1740999600000000,51,9223372036854775807);
CREATE TABLE membership (
	kind TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	from_on TEXT NOT NULL, 
	until_on TEXT, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (kind, person_id, group_id, from_on, believed_from)
);
INSERT INTO "membership" VALUES('client_unit','asta','bracke','2025-01-01',NULL,1735639200000000,9223372036854775807,36,43);
INSERT INTO "membership" VALUES('household','asta','farm','2025-01-01',NULL,1735639200000000,9223372036854775807,37,9223372036854775807);
INSERT INTO "membership" VALUES('client_unit','asta','bracke','2025-01-01','2025-03-07',1735639200000000,1741348800000000,43,9223372036854775807);
INSERT INTO "membership" VALUES('client_unit','asta','gallo','2025-03-07',NULL,1741255200000000,9223372036854775807,43,9223372036854775807);
INSERT INTO "membership" VALUES('worker_unit','anna','bracke','2020-01-01',NULL,1577786400000000,9223372036854775807,46,9223372036854775807);
INSERT INTO "membership" VALUES('lent','anna','gallo','2025-03-03','2025-03-07',1740909600000000,1741348800000000,47,9223372036854775807);
CREATE TABLE month_kept (
	month TEXT NOT NULL, 
	rules TEXT NOT NULL, 
	PRIMARY KEY (month)
);
CREATE TABLE need_change (
	order_id TEXT NOT NULL, 
	fact_id TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	direction TEXT NOT NULL, 
	noticed_on TEXT NOT NULL, 
	service_code TEXT, 
	answered_from_on TEXT, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (order_id, fact_id, believed_from)
);
INSERT INTO "need_change" VALUES('of-asta','order/of-asta@2','asta','decreased','2025-03-03',NULL,NULL,1740909600000000,9223372036854775807,29,32);
INSERT INTO "need_change" VALUES('of-asta','order/of-asta@2','asta','decreased','2025-03-03',NULL,'2025-02-01',1740909600000000,1740909600000000,32,9223372036854775807);
CREATE TABLE order_line (
	order_id TEXT NOT NULL, 
	line_id TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	provider_id TEXT NOT NULL, 
	service_code TEXT NOT NULL, 
	legal_basis TEXT NOT NULL, 
	minute_control TEXT NOT NULL, 
	granted_minutes BIGINT, 
	ordered_minutes BIGINT, 
	frequency TEXT NOT NULL, 
	starts_on TEXT NOT NULL, 
	ends_on TEXT, 
	ordered_on TEXT NOT NULL, 
	anchor_on TEXT, 
	extent TEXT NOT NULL, 
	window TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (order_id, line_id, starts_on, believed_from)
);
INSERT INTO "order_line" VALUES('of-asta','1','asta','municipal','SHOWER','SoL','strict',NULL,30,'1/day','2025-01-01',NULL,'2025-01-01','2025-01-01','','',1735639200000000,9223372036854775807,28,30);
INSERT INTO "order_line" VALUES('of-asta','2','asta','municipal','CLEAN','SoL','strict',NULL,60,'1/day','2025-01-01',NULL,'2025-01-01','2025-01-01','','',1735639200000000,9223372036854775807,28,30);
INSERT INTO "order_line" VALUES('of-asta','1','asta','municipal','SHOWER','SoL','strict',NULL,30,'1/day','2025-01-01','2025-03-03','2025-01-01','2025-01-01','','',1735639200000000,1741003200000000,30,32);
INSERT INTO "order_line" VALUES('of-asta','1','asta','municipal','SHOWER','SoL','strict',NULL,30,'1/day','2025-03-07',NULL,'2025-01-01','2025-01-01','','',1741255200000000,9223372036854775807,31,32);
INSERT INTO "order_line" VALUES('of-asta','2','asta','municipal','CLEAN','SoL','strict',NULL,60,'1/day','2025-01-01','2025-03-03','2025-01-01','2025-01-01','','',1735639200000000,1741003200000000,30,32);
INSERT INTO "order_line" VALUES('of-asta','2','asta','municipal','CLEAN','SoL','strict',NULL,60,'1/day','2025-03-07',NULL,'2025-01-01','2025-01-01','','',1741255200000000,9223372036854775807,31,32);
INSERT INTO "order_line" VALUES('of-asta','1','asta','municipal','SHOWER','SoL','strict',NULL,20,'1/day','2025-03-07',NULL,'2025-01-01','2025-01-01','','',1741255200000000,9223372036854775807,32,33);
INSERT INTO "order_line" VALUES('of-asta','1','asta','private','SHOWER','SoL','strict',NULL,20,'1/day','2025-04-01',NULL,'2025-01-01','2025-01-01','','',1743415200000000,9223372036854775807,33,34);
INSERT INTO "order_line" VALUES('of-asta','1','asta','municipal','SHOWER','SoL','strict',NULL,30,'1/day','2025-01-01','2025-02-01','2025-01-01','2025-01-01','','',1735639200000000,1738411200000000,32,9223372036854775807);
INSERT INTO "order_line" VALUES('of-asta','2','asta','municipal','CLEAN','SoL','strict',NULL,60,'1/day','2025-01-01','2025-02-01','2025-01-01','2025-01-01','','',1735639200000000,1738411200000000,32,9223372036854775807);
INSERT INTO "order_line" VALUES('of-asta','1','asta','municipal','SHOWER','SoL','strict',NULL,20,'1/day','2025-02-01','2025-03-03','2025-01-01','2025-01-01','','',1738317600000000,1741003200000000,32,9223372036854775807);
INSERT INTO "order_line" VALUES('of-asta','1','asta','municipal','SHOWER','SoL','strict',NULL,20,'1/day','2025-03-07','2025-04-01','2025-01-01','2025-01-01','','',1741255200000000,1743508800000000,33,9223372036854775807);
INSERT INTO "order_line" VALUES('of-asta','1','asta','private','SHOWER','SoL','strict',NULL,20,'1/day','2025-04-01','2025-06-01','2025-01-01','2025-01-01','','',1743415200000000,1748779200000000,34,9223372036854775807);
CREATE TABLE period_closing (
	unit_id TEXT NOT NULL, 
	provider_id TEXT NOT NULL, 
	month TEXT NOT NULL, 
	state TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	event_id TEXT NOT NULL, 
	rulebook_versions TEXT NOT NULL, 
	calculation_version BIGINT NOT NULL, 
	digest TEXT NOT NULL, 
	after_lock TEXT NOT NULL, 
	closed_by TEXT NOT NULL, 
	reopening_requested_by TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (unit_id, provider_id, month, believed_from)
);
INSERT INTO "period_closing" VALUES('bracke','','2025-03','closed',3,'event','["spring","default-1"]',1,'8684a00f920feac6018fd879290ded80a005ead32c5c46e162ab5ef541cabeaa','next_run','coordinator/eva','',1740736800000000,1743508800000000,73,74);
INSERT INTO "period_closing" VALUES('bracke','','2025-03','reopening_requested',3,'event','["spring","default-1"]',1,'8684a00f920feac6018fd879290ded80a005ead32c5c46e162ab5ef541cabeaa','next_run','coordinator/eva','coordinator/eva',1740736800000000,1743508800000000,74,75);
INSERT INTO "period_closing" VALUES('bracke','','2025-03','reopened',3,'event','["spring","default-1"]',1,'8684a00f920feac6018fd879290ded80a005ead32c5c46e162ab5ef541cabeaa','next_run','coordinator/eva','',1740736800000000,1743508800000000,75,77);
INSERT INTO "period_closing" VALUES('bracke','','2025-03','closed',5,'event','["spring","default-1"]',1,'80cd1f466933f4d3ce15209aed5fa294e6a652a31a9d51b691e84d68af182f4a','next_run','coordinator/eva','',1740736800000000,1743508800000000,77,9223372036854775807);
CREATE TABLE person (
	kind TEXT NOT NULL, 
	person_id TEXT NOT NULL, 
	birth_year BIGINT, 
	turns_65_on TEXT, 
	area_type TEXT NOT NULL, 
	dwelling TEXT NOT NULL, 
	registered_on TEXT, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (kind, person_id, believed_from)
);
INSERT INTO "person" VALUES('client','asta',1940,NULL,'','','2025-01-01',0,9223372036854775807,36,40);
INSERT INTO "person" VALUES('client','asta',1940,NULL,'sparse','','2025-01-01',0,9223372036854775807,40,9223372036854775807);
INSERT INTO "person" VALUES('worker','anna',NULL,NULL,'','','2020-01-01',0,9223372036854775807,45,9223372036854775807);
CREATE TABLE planned_visit (
	visit_id TEXT NOT NULL, 
	client_ids TEXT NOT NULL, 
	unit_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	starts_at BIGINT NOT NULL, 
	ends_at BIGINT NOT NULL, 
	services TEXT NOT NULL, 
	workers_needed BIGINT NOT NULL, 
	worker_ids TEXT NOT NULL, 
	cancelled_by TEXT, 
	notice_given_at BIGINT, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (visit_id, believed_from)
);
INSERT INTO "planned_visit" VALUES('couple','["asta","bror"]','bracke','planned',1740988800000000,1740992400000000,'[{"service_code":"SHOWER","client_id":"asta","minutes":20},{"service_code":"CLEAN","client_id":"bror","minutes":40}]',1,'[]',NULL,NULL,1740988800000000,1740992400000000,1,2);
INSERT INTO "planned_visit" VALUES('couple','["asta","bror"]','bracke','planned',1740988800000000,1740992400000000,'[{"service_code":"SHOWER","client_id":"asta","minutes":20},{"service_code":"CLEAN","client_id":"bror","minutes":40}]',1,'["anna"]',NULL,NULL,1740988800000000,1740992400000000,2,3);
INSERT INTO "planned_visit" VALUES('couple','["asta","bror"]','bracke','planned',1740988800000000,1740992400000000,'[{"service_code":"SHOWER","client_id":"asta","minutes":20},{"service_code":"CLEAN","client_id":"bror","minutes":40}]',1,'["anna","bo"]',NULL,NULL,1740988800000000,1740992400000000,3,4);
INSERT INTO "planned_visit" VALUES('in-vain','["asta"]','gallo','planned',1741348800000000,1741352400000000,'[]',1,'[]',NULL,NULL,1741348800000000,1741352400000000,23,24);
INSERT INTO "planned_visit" VALUES('in-vain','["asta"]','gallo','planned',1741348800000000,1741352400000000,'[]',1,'["bo"]',NULL,NULL,1741348800000000,1741352400000000,24,25);
INSERT INTO "planned_visit" VALUES('couple','["asta","bror"]','bracke','planned',1740992400000000,1740996000000000,'[{"service_code":"SHOWER","client_id":"asta","minutes":20},{"service_code":"CLEAN","client_id":"bror","minutes":40}]',1,'["anna","bo"]',NULL,NULL,1740992400000000,1740996000000000,4,9223372036854775807);
INSERT INTO "planned_visit" VALUES('in-vain','["asta"]','gallo','planned',1741348800000000,1741352400000000,'[]',1,'[]',NULL,NULL,1741348800000000,1741352400000000,25,27);
INSERT INTO "planned_visit" VALUES('in-vain','["asta"]','gallo','planned',1741348800000000,1741352400000000,'[]',1,'[]','client',1741348860000000,1741348800000000,1741352400000000,27,9223372036854775807);
CREATE TABLE projection_position (
	name TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	partition BIGINT NOT NULL, 
	ledger_id TEXT NOT NULL, 
	epoch BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	event_id TEXT NOT NULL, 
	status TEXT NOT NULL, 
	PRIMARY KEY (name, version, partition)
);
INSERT INTO "projection_position" VALUES('facts',3,0,'5b0e7a0e-0c51-4c6b-9d0e-6f1d2c3b4a59',1,77,'e21e00ba5faaf7b71e0615240c9863c4','following');
INSERT INTO "projection_position" VALUES('audit_trail',1,0,'5b0e7a0e-0c51-4c6b-9d0e-6f1d2c3b4a59',1,77,'e21e00ba5faaf7b71e0615240c9863c4','following');
CREATE TABLE provider (
	provider_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	in_house BOOLEAN NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (provider_id, believed_from)
);
INSERT INTO "provider" VALUES('municipal','Kommunen',1,0,9223372036854775807,64,9223372036854775807);
CREATE TABLE quarantined_fact (
	device_id TEXT NOT NULL, 
	quarantine_id TEXT NOT NULL, 
	fact_id TEXT NOT NULL, 
	worker_id TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (device_id, quarantine_id, believed_from)
);
INSERT INTO "quarantined_fact" VALUES('phone-1','evidence-1','shower','anna','id_conflict',0,9223372036854775807,63,9223372036854775807);
CREATE TABLE service_defined (
	service_code TEXT NOT NULL, 
	from_on TEXT NOT NULL, 
	until_on TEXT, 
	name_sv TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	category TEXT NOT NULL, 
	standard_minutes BIGINT, 
	legal_basis TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (service_code, from_on, believed_from)
);
INSERT INTO "service_defined" VALUES('SHOWER','2025-01-01',NULL,'Dusch','Shower','personal_care',NULL,'',1735639200000000,9223372036854775807,66,67);
INSERT INTO "service_defined" VALUES('SHOWER','2025-01-01','2025-07-01','Dusch','Shower','personal_care',NULL,'',1735639200000000,1751371200000000,67,9223372036854775807);
INSERT INTO "service_defined" VALUES('SHOWER','2025-07-01',NULL,'Dusch','Shower','personal_care',25,'',1751277600000000,9223372036854775807,67,9223372036854775807);
CREATE TABLE service_registered (
	visit_id TEXT NOT NULL, 
	fact_id TEXT NOT NULL, 
	worker_id TEXT NOT NULL, 
	client_id TEXT, 
	service_code TEXT NOT NULL, 
	performed BOOLEAN NOT NULL, 
	minutes BIGINT, 
	at BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	corrected BOOLEAN NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (visit_id, fact_id, believed_from)
);
INSERT INTO "service_registered" VALUES('couple','clean','anna','bror','CLEAN',0,NULL,1740994800000000,'mobile_no_receipt',0,1740994800000000,1740994800000000,8,14);
INSERT INTO "service_registered" VALUES('couple','shower','anna','asta','SHOWER',1,NULL,1740994200000000,'mobile_no_receipt',0,1740994200000000,1740994200000000,7,9223372036854775807);
CREATE TABLE shift (
	worker_id TEXT NOT NULL, 
	shift_id TEXT NOT NULL, 
	unit_id TEXT NOT NULL, 
	scheduled_start_at BIGINT, 
	scheduled_end_at BIGINT, 
	started_at BIGINT, 
	ended_at BIGINT, 
	break_minutes BIGINT NOT NULL, 
	paid_minutes BIGINT, 
	closed_through_seq BIGINT, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (worker_id, shift_id, believed_from)
);
INSERT INTO "shift" VALUES('anna','monday','bracke',1740985200000000,1741014000000000,NULL,NULL,0,NULL,NULL,1740985200000000,1741014000000000,48,49);
INSERT INTO "shift" VALUES('anna','monday','bracke',1740988800000000,1741017600000000,NULL,NULL,0,NULL,NULL,1740988800000000,1741017600000000,49,50);
INSERT INTO "shift" VALUES('anna','monday','bracke',1740988800000000,1741017600000000,1740988680000000,NULL,0,NULL,NULL,1740988680000000,1741161480000000,50,53);
INSERT INTO "shift" VALUES('anna','friday','',NULL,NULL,1741334400000000,NULL,0,NULL,NULL,1741334400000000,1741507200000000,52,9223372036854775807);
INSERT INTO "shift" VALUES('anna','monday','bracke',1740988800000000,1741017600000000,1740988680000000,1741017900000000,30,455,NULL,1740988680000000,1741017900000000,53,9223372036854775807);
CREATE TABLE subject_history (
	subject TEXT NOT NULL, 
	history BLOB NOT NULL, 
	position BIGINT NOT NULL, 
	PRIMARY KEY (subject)
);
INSERT INTO "subject_history" VALUES('visit/couple',X'979792A461737461A462726F72D6FF67C56F90D6FF67C57DA09283AC736572766963655F636F6465A653484F574552A9636C69656E745F6964A461737461A76D696E757465731483AC736572766963655F636F6465A5434C45414EA9636C69656E745F6964A462726F72A76D696E7574657328A6627261636B65A7706C616E6E65640101C092A4616E6E61A2626F98DC0010A76172726976616C05D6FF67C58D40A7696E2D616E6E61A4616E6E61D6FF67C57008B16D6F62696C655F6E6F5F72656365697074A770686F6E652D3183A777616C6C5F6174B9323032352D30332D30335430383A30303A30302B30313A3030A472756C65A96D6F6E6F746F6E6963A96F66667365745F6D7378C292A461737461A462726F72C080A0C0C0DC0010A76172726976616C06D6FF67C58D40A5696E2D626FA2626FD6FF67C570BCB16D6F62696C655F6E6F5F72656365697074A770686F6E652D3183A777616C6C5F6174B9323032352D30332D30335430383A30303A30302B30313A3030A472756C65A96D6F6E6F746F6E6963A96F66667365745F6D7378C291A461737461C080A0C0C09EA77365727669636507D6FF67C58D40A673686F776572A4616E6E61D6FF67C57698B16D6F62696C655F6E6F5F72656365697074A770686F6E652D3183A777616C6C5F6174B9323032352D30332D30335430383A30303A30302B30313A3030A472756C65A96D6F6E6F746F6E6963A96F66667365745F6D7378C2A653484F574552A461737461C3C09EA77365727669636508D6FF67C58D40A5636C65616EA4616E6E61D6FF67C578F0B16D6F62696C655F6E6F5F72656365697074A770686F6E652D3183A777616C6C5F6174B9323032352D30332D30335430383A30303A30302B30313A3030A472756C65A96D6F6E6F746F6E6963A96F66667365745F6D7378C2A5434C45414EA462726F72C2C09DA964657061727475726509D6FF67C58D40A66F75742D626FA2626FD6FF67C57B48B16D6F62696C655F6E6F5F72656365697074A770686F6E652D3183A777616C6C5F6174B9323032352D30332D30335430383A30303A30302B30313A3030A472756C65A96D6F6E6F746F6E6963A96F66667365745F6D7378C2C080A09DA96465706172747572650AD6FF67C58D40A86F75742D616E6E61A4616E6E61D6FF67C57DDCB16D6F62696C655F6E6F5F72656365697074A770686F6E652D3183A777616C6C5F6174B9323032352D30332D30335430383A30303A30302B30313A3030A472756C65A96D6F6E6F746F6E6963A96F66667365745F6D7378C2A7696E2D616E6E6180A098AE617474656E64616E63655F6669780DD6FF67C58D40AF76697369742F636F75706C65403133A5696E2D626FA66F75742D626F84A9776F726B65725F6964A2626FAA636C69656E745F69647391A461737461AA617272697665645F6174D6FF67C570BCAB64657061727465645F6174D6FF67C577C4B0636F6F7264696E61746F722F756C6C6196AB736572766963655F6669780ED6FF67C58D40A5636C65616E85AC736572766963655F636F6465A5434C45414EA9776F726B65725F6964A4616E6E61A26174D6FF67C578F0A9636C69656E745F6964A462726F72A977697468647261776EC3B0636F6F7264696E61746F722F756C6C619195A6776F726B65720A68AB776F726B65722F616E6E610B9294A462726F72C305B2636172655F6D616E616765722F6B616A736194A461737461C20FB2636172655F6D616E616765722F6B616A7361',19);
INSERT INTO "subject_history" VALUES('visit/unplanned-night',X'97C000C090929DA964657061727475726514D6FF67C58D40A96F75742D6E69676874A4616E6E61D6FF67C64730B16D6F62696C655F6E6F5F72656365697074A770686F6E652D3183A777616C6C5F6174B9323032352D30332D30335430383A30303A30302B30313A3030A472756C65A96D6F6E6F746F6E6963A96F66667365745F6D7378C2C080A0DC0010A76172726976616C15D6FF67C58D40A8696E2D6E69676874A4616E6E61D6FF67C63DD0B16D6F62696C655F6E6F5F72656365697074A770686F6E652D3183A777616C6C5F6174B9323032352D30332D30335430383A30303A30302B30313A3030A472756C65A96D6F6E6F746F6E6963A96F66667365745F6D7378C291A462726F72C080A0C0C09090',22);
INSERT INTO "subject_history" VALUES('visit/in-vain',X'979791A461737461D6FF67CADFC0D6FF67CAEDD090A567616C6C6FA7706C616E6E6564011792A6636C69656E74D6FF67CADFFC90919CA76661696C7572651AD6FF67C58D40A66E6F626F6479A4616E6E61D6FF67CAE0ECB16D6F62696C655F6E6F5F72656365697074A770686F6E652D3183A777616C6C5F6174B9323032352D30332D30335430383A30303A30302B30313A3030A472756C65A96D6F6E6F746F6E6963A96F66667365745F6D7378C2AB6E6F626F64795F686F6D6591A4617374619090',27);
INSERT INTO "subject_history" VALUES('order/of-asta',X'9694A461737461A3536F4CA6737472696374AA323032352D30312D30319292AA323032352D30312D3031939284A76C696E655F6964A131AC736572766963655F636F6465A653484F574552A96672657175656E6379A5312F646179AF6F7264657265645F6D696E757465731E84A76C696E655F6964A132AC736572766963655F636F6465A5434C45414EA96672657175656E6379A5312F646179AF6F7264657265645F6D696E757465733CC0C092AA323032352D30322D3031939184A76C696E655F6964A131AC736572766963655F636F6465A653484F574552A96672657175656E6379A5312F646179AF6F7264657265645F6D696E7574657314C0C09292AA323032352D30312D3031A96D756E69636970616C92AA323032352D30342D3031A7707269766174659192AA323032352D30332D3033AA323032352D30332D3037AA323032352D30362D30319195AF6F726465722F6F662D617374614032A9646563726561736564AA323032352D30332D3033C0AA323032352D30322D3031',34);
INSERT INTO "subject_history" VALUES('order/of-bror',X'9694A462726F72A3536F4CAA74696D655F6672616D65AA323032352D30332D30339192AA323032352D30332D3033939082A76D696E75746573CD0258A6706572696F64A56D6F6E7468C09192AA323032352D30332D3033A96D756E69636970616C90C090',35);
INSERT INTO "subject_history" VALUES('client/asta',X'98AA323032352D30312D303194CD0794C0A6737061727365C09292AA323032352D30312D3031A6627261636B6592AA323032352D30332D3037A567616C6C6F9192A46661726D92AA323032352D30312D3031C09192AA323032352D30332D3033A4616E6E619193B2686F73706974616C5F756E706C616E6E6564D6FF67C5C3F0D6FF67CAB590A46E6F6E659192A530343A413192AA323032352D30312D3031AA323032352D30332D3037',44);
INSERT INTO "subject_history" VALUES('worker/anna',X'98AA323032302D30312D30319192A6627261636B6592AA323032302D30312D3031C09192A567616C6C6F92AA323032352D30332D3033AA323032352D30332D30379193A9756E706C616E6E6564D6FF67CA8B60C080809193A7494E53554C494E92AA323032352D30332D3033AA323032352D30332D3037A56E757273659192AF617373697374616E745F6E75727365AA323032352D30332D3033',58);
INSERT INTO "subject_history" VALUES('worker/anna#shift/monday',X'98C090909081A66D6F6E6461799393A6627261636B65D6FF67C56180D6FF67C5D20093D6FF67C56108A57374617274A095D6FF67C5D32CA3656E641ECD01C7C0809090',53);
INSERT INTO "subject_history" VALUES('worker/anna#indirect/drive',X'98C09090908081A5647269766593A674726176656CD6FF67C5882C0F9090',51);
INSERT INTO "subject_history" VALUES('worker/anna#shift/friday',X'98C090909081A666726964617993C093D6FF67CAA780AC73746172742D667269646179A0C0809090',52);
INSERT INTO "subject_history" VALUES('device/phone-1',X'96C3C2A6627261636B65A4616E6E618080',59);
INSERT INTO "subject_history" VALUES('device/phone-1#worker/anna',X'96C2C2A0C081A4616E6E6196D6FF67C57ECC00A3312E3009000080',62);
INSERT INTO "subject_history" VALUES('device/phone-1#worker/bo',X'96C2C2A0C081A2626F96D6FF67C570F800A0C0000080',61);
INSERT INTO "subject_history" VALUES('device/phone-1#quarantine/evidence-1',X'96C2C2A0C08081AA65766964656E63652D3194AA65766964656E63652D31A673686F776572A4616E6E61AB69645F636F6E666C696374',63);
INSERT INTO "subject_history" VALUES('organisation/bracke#provider/municipal',X'9481A96D756E69636970616C92A84B6F6D6D756E656EC3808090',64);
INSERT INTO "subject_history" VALUES('organisation/bracke#unit/bracke',X'948081A6627261636B6593A74272C3A4636B65A96D756E69636970616CAF686F6D655F636172655F67726F75708090',65);
INSERT INTO "subject_history" VALUES('organisation/bracke#service/SHOWER',X'94808081A653484F5745529292AA323032352D30312D303195A54475736368A653686F776572AD706572736F6E616C5F63617265C0C092AA323032352D30372D303195A54475736368A653686F776572AD706572736F6E616C5F63617265C01990',67);
INSERT INTO "subject_history" VALUES('organisation/bracke#rulebook',X'94808080929282AC6D756E69636970616C697479A74272C3A4636B65A865646974696F6E739184A776657273696F6EA6622D32303235A466726F6DAA323032352D30312D3031A8706F6C6963696573DE0001A572617465739182A8696E5F686F757365A63431342E3830A770726976617465A3343330A96F76657272696465739182A3666F7281A970726F76696465727391A770726976617465A8706F6C6963696573DE0001B66465636C696E65645F73686172655F70657263656E7432D940616261626162616261626162616261626162616261626162616261626162616261626162616261626162616261626162616261626162616261626162616261629282AC6D756E69636970616C697479A74272C3A4636B65A865646974696F6E739183A776657273696F6EAD622D323032352D737072696E67A466726F6DAA323032352D30332D3031A5756E74696CAA323032352D30362D3031A0',69);
INSERT INTO "subject_history" VALUES('exception/unplanned-night#UNPLANNED:unplanned-night:in-night',X'9181D922554E504C414E4E45443A756E706C616E6E65642D6E696768743A696E2D6E6967687495A9554E504C414E4E4544A5766973697491A9454D455247454E4359AF636F6F7264696E61746F722F65766103',70);
INSERT INTO "subject_history" VALUES('supervision/first',X'9197AC7465616D5F6D656574696E67A6627261636B65AA323032352D30332D30379000A0C0',71);
INSERT INTO "subject_history" VALUES('supervision/second',X'9197A773657373696F6EA6627261636B65AA323032352D30332D303392A4616E6E61A2626F1EA9746865726170697374C0',72);
INSERT INTO "subject_history" VALUES('period/bracke:2025-03',X'96A6636C6F7365649AA7323032352D3033A6627261636B65A005A56576656E7492A6737072696E67A964656661756C742D3101D94038306364316634363639333366346433636531353230396165643566613239346536613635326133316139643531623639316538346436386166313832663461A86E6578745F72756EAF636F6F7264696E61746F722F657661A0C092D94038363834613030663932306665616336303138666438373932393064656438306130303565616433326335633436653136326162356566353431636162656161D940383063643166343636393333663464336365313532303961656435666132393465366136353261333161396435316236393165383464363861663138326634619194A7323032352D3032A264300F00',77);
CREATE TABLE supervision_session (
	session_id TEXT NOT NULL, 
	unit_id TEXT NOT NULL, 
	session_on TEXT NOT NULL, 
	worker_ids TEXT NOT NULL, 
	minutes BIGINT NOT NULL, 
	supervisor_id TEXT NOT NULL, 
	cancelled_because TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (session_id, believed_from)
);
INSERT INTO "supervision_session" VALUES('second','bracke','2025-03-03','["anna","bo"]',30,'therapist','',1740909600000000,1741089600000000,72,9223372036854775807);
CREATE TABLE tag (
	client_id TEXT NOT NULL, 
	tag_id TEXT NOT NULL, 
	from_on TEXT NOT NULL, 
	until_on TEXT, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (client_id, tag_id, from_on, believed_from)
);
INSERT INTO "tag" VALUES('asta','04:A1','2025-01-01',NULL,1735639200000000,9223372036854775807,38,39);
INSERT INTO "tag" VALUES('asta','04:A1','2025-01-01','2025-03-07',1735639200000000,1741348800000000,39,9223372036854775807);
CREATE TABLE team_meeting (
	meeting_id TEXT NOT NULL, 
	unit_id TEXT NOT NULL, 
	meeting_on TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (meeting_id, believed_from)
);
INSERT INTO "team_meeting" VALUES('first','bracke','2025-03-07',1741255200000000,1741435200000000,71,9223372036854775807);
CREATE TABLE time_frame (
	order_id TEXT NOT NULL, 
	client_id TEXT NOT NULL, 
	provider_id TEXT NOT NULL, 
	legal_basis TEXT NOT NULL, 
	minutes BIGINT NOT NULL, 
	period TEXT NOT NULL, 
	starts_on TEXT NOT NULL, 
	ends_on TEXT, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (order_id, starts_on, believed_from)
);
INSERT INTO "time_frame" VALUES('of-bror','bror','municipal','SoL',600,'month','2025-03-03',NULL,1740909600000000,9223372036854775807,35,9223372036854775807);
CREATE TABLE title_held (
	worker_id TEXT NOT NULL, 
	title TEXT NOT NULL, 
	from_on TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (worker_id, title, believed_from)
);
INSERT INTO "title_held" VALUES('anna','assistant_nurse','2025-03-03',1740909600000000,9223372036854775807,56,9223372036854775807);
CREATE TABLE unit (
	unit_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	provider_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (unit_id, believed_from)
);
INSERT INTO "unit" VALUES('bracke','Bräcke','municipal','home_care_group',0,9223372036854775807,65,9223372036854775807);
CREATE TABLE visit_failed (
	visit_id TEXT NOT NULL, 
	fact_id TEXT NOT NULL, 
	worker_id TEXT NOT NULL, 
	client_ids TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	holds_from BIGINT NOT NULL, 
	holds_to BIGINT NOT NULL, 
	believed_from BIGINT NOT NULL, 
	believed_to BIGINT NOT NULL, 
	PRIMARY KEY (visit_id, fact_id, believed_from)
);
INSERT INTO "visit_failed" VALUES('in-vain','nobody','anna','["asta"]','nobody_home',1741349100000000,1741349100000000,1741349100000000,26,9223372036854775807);
CREATE INDEX planned_visit_by_period ON planned_visit (holds_from, holds_to);
CREATE INDEX attendance_by_period ON attendance (holds_from, holds_to);
CREATE INDEX attendance_by_person ON attendance (worker_id, holds_from);
CREATE INDEX service_registered_by_period ON service_registered (holds_from, holds_to);
CREATE INDEX visit_failed_by_period ON visit_failed (holds_from, holds_to);
CREATE INDEX client_visit_by_person ON client_visit (client_id, holds_from);
CREATE INDEX client_visit_by_period ON client_visit (holds_from, holds_to);
CREATE INDEX order_line_by_person ON order_line (client_id);
CREATE INDEX order_line_by_period ON order_line (holds_from, holds_to);
CREATE INDEX time_frame_by_person ON time_frame (client_id);
CREATE INDEX time_frame_by_period ON time_frame (holds_from, holds_to);
CREATE INDEX need_change_by_person ON need_change (client_id);
CREATE INDEX need_change_by_period ON need_change (holds_from, holds_to);
CREATE INDEX absence_by_period ON absence (holds_from, holds_to);
CREATE INDEX membership_by_period ON membership (holds_from, holds_to);
CREATE INDEX delegation_by_period ON delegation (holds_from, holds_to);
CREATE INDEX care_contact_by_period ON care_contact (holds_from, holds_to);
CREATE INDEX title_held_by_period ON title_held (holds_from, holds_to);
CREATE INDEX tag_by_period ON tag (holds_from, holds_to);
CREATE INDEX shift_by_period ON shift (holds_from, holds_to);
CREATE INDEX indirect_time_by_period ON indirect_time (holds_from, holds_to);
CREATE INDEX service_defined_by_period ON service_defined (holds_from, holds_to);
CREATE INDEX edition_adopted_by_period ON edition_adopted (holds_from, holds_to);
CREATE INDEX supervision_session_by_period ON supervision_session (holds_from, holds_to);
CREATE INDEX team_meeting_by_period ON team_meeting (holds_from, holds_to);
CREATE INDEX period_closing_by_period ON period_closing (holds_from, holds_to);
COMMIT;
